// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {SecretContractAccount} from "./account/SecretContractAccount.sol";
import {BatchGroups} from "./core/BatchGroups.sol";
import {Credits} from "./core/Credits.sol";
import {EnigmaBase} from "./core/EnigmaBase.sol";
import {BeaconKey, ContractKey} from "./core/GroupKeys.sol";
import {InlineRecords} from "./core/Records.sol";
import {OrderCancellation} from "./core/OrderNonces.sol";
import {PayableRecords} from "./core/PayableRecords.sol";
import {PaymentWithdrawals} from "./core/Payments.sol";
import {Receipts} from "./core/Receipts.sol";
import {Registration} from "./core/Registration.sol";
import {SecretContractAddresses} from "./core/SecretContractAddresses.sol";
import {Views} from "./core/Views.sol";
import {Workers} from "./core/Workers.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";
import {IViews} from "./interfaces/IViews.sol";

/// @title The half of the implementation that is used rarely: credit, workers, payments, proofs, views
/// @notice Runs in the proxy's storage: `Enigma` passes on to it whatever it does not implement itself. Two halves,
/// because one would exceed 24,576 bytes, and the half used by every task must not pay for the passing.
contract EnigmaExtension is
    Initializable,
    Credits,
    BatchGroups,
    InlineRecords,
    PayableRecords,
    OrderCancellation,
    SecretContractAddresses,
    Registration,
    Workers,
    Receipts,
    PaymentWithdrawals,
    Views,
    BeaconKey,
    ContractKey
{
    /// @notice Parameters both halves were built with.
    bytes32 public immutable parametersHash;

    constructor(IGovernance.Parameters memory p) EnigmaBase(p) BeaconKey(p) ContractKey(p) {
        parametersHash = keccak256(abi.encode(p));
        _disableInitializers();
    }

    /// @notice Called by the proxy's constructor. Its first contract is what every account delegates to, so the
    /// address of that is known from the proxy's: CREATE with nonce 1.
    function initialize() external initializer {
        _layout().accountImplementation = address(new SecretContractAccount(address(this)));
    }

    /// @inheritdoc IViews
    function parameters() external view returns (IGovernance.Parameters memory p) {
        p.token = address(_token);
        p.governor = _governor;
        p.verifier = address(_verifier);
        p.trustHash = _trustHash;
        p.beaconKey = _beaconKey();
        p.contractKey = _contractKey();
        p.epochLengthBlocks = uint32(_epochLengthBlocks);
        p.openWindowBlocks = uint32(_openWindowBlocks);
        p.commitWindowBlocks = uint32(_commitWindowBlocks);
        p.expiryBlocks = uint32(_expiryBlocks);
        p.baseFeeGrains = uint64(_baseFeeGrains);
        p.minGasLimit = uint64(_minGasLimit);
        p.minGasPriceGrains = uint64(_minGasPriceGrains);
        p.minCallbackPriceGrains = uint64(_minCallbackPriceGrains);
        p.minStakeGrains = uint64(_minStakeGrains);
        p.unbondingBlocks = uint32(_unbondingBlocks);
        p.overdueBlocks = uint32(_overdueBlocks);
        p.capacityGas = uint64(_capacityGas);
        p.jailEpochs = uint32(_jailEpochs);
        p.noShowPenaltyGrains = uint64(_noShowPenaltyGrains);
        p.equivocationSlashBps = uint16(_equivocationSlashBps);
        p.proofRewardBps = uint16(_proofRewardBps);
        p.openRewardGrains = uint64(_openRewardGrains);
        p.settleRewardGrains = uint64(_settleRewardGrains);
        p.intakeOpen = _intakeOpen;
    }
}
