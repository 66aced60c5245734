// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {SecretContractAccount} from "./account/SecretContractAccount.sol";
import {BatchGroups} from "./core/BatchGroups.sol";
import {Credits} from "./core/Credits.sol";
import {EnigmaPart, IEnigmaPart} from "./core/EnigmaPart.sol";
import {OrderCancellation} from "./core/OrderNonces.sol";
import {PayableRecords} from "./core/PayableRecords.sol";
import {PaymentWithdrawals} from "./core/Payments.sol";
import {QueueViews} from "./core/QueueViews.sol";
import {Receipts} from "./core/Receipts.sol";
import {InlineRecords} from "./core/Records.sol";
import {SecretContractAddresses} from "./core/SecretContractAddresses.sol";
import {Settlement} from "./core/Settlement.sol";
import {Treasury} from "./core/Treasury.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";

/// @title Second part of the implementation: credit, payments, settlement, proofs, and views of queues
contract EnigmaLedger is
    Initializable,
    Proxy,
    EnigmaPart,
    Credits,
    BatchGroups,
    InlineRecords,
    PayableRecords,
    OrderCancellation,
    SecretContractAddresses,
    Receipts,
    PaymentWithdrawals,
    Settlement,
    Treasury,
    QueueViews
{
    address private immutable _workers;

    /// @param workers built with the same parameters
    constructor(IGovernance.Parameters memory p, IEnigmaPart workers) EnigmaPart(p) {
        _requireSameParameters(workers);
        _workers = address(workers);
        _disableInitializers();
    }

    /// @notice Called by the proxy's constructor. Its first contract is what every account delegates to, so the
    /// address of that is known from the proxy's: CREATE with nonce 1.
    function initialize() external initializer {
        address account = address(new SecretContractAccount(address(this)));
        if (account != _accountImplementation()) revert InvalidInitialization();
        _layout().accountImplementation = account;
    }

    /// @dev Where `Proxy` passes calls on to.
    function _implementation() internal view override returns (address) {
        return _workers;
    }

    /// @notice Parameters this part was built with: the part before it compares them with its own.
    function parametersHash() external view returns (bytes32) {
        return _parametersHash;
    }
}
