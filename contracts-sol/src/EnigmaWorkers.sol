// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BeaconKey, ContractKey} from "./core/GroupKeys.sol";
import {Contradictions} from "./core/Contradictions.sol";
import {EnigmaPart} from "./core/EnigmaPart.sol";
import {NoShows} from "./core/NoShows.sol";
import {Registration} from "./core/Registration.sol";
import {WorkerViews} from "./core/WorkerViews.sol";
import {Workers} from "./core/Workers.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";

/// @title Third part of the implementation: workers, their faults, and views of both
contract EnigmaWorkers is EnigmaPart, Registration, Workers, NoShows, Contradictions, WorkerViews, BeaconKey, ContractKey {
    constructor(IGovernance.Parameters memory p) EnigmaPart(p) BeaconKey(p) ContractKey(p) {}

    /// @notice See IViews.
    function parameters() external view returns (IGovernance.Parameters memory p) {
        p.token = address(_token);
        p.governor = _governor;
        p.guardian = _guardian;
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

    /// @notice Parameters this part was built with: the part before it compares them with its own.
    function parametersHash() external view returns (bytes32) {
        return _parametersHash;
    }
}
