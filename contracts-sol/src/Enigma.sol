// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Batches} from "./core/Batches.sol";
import {EnigmaPart, IEnigmaPart} from "./core/EnigmaPart.sol";
import {Epochs} from "./core/Epochs.sol";
import {BeaconKey} from "./core/GroupKeys.sol";
import {GroupRecords} from "./core/GroupRecords.sol";
import {Orders} from "./core/Orders.sol";
import {Records} from "./core/Records.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";

/// @title Enigma on chain: the part of the implementation that every task uses
/// @notice Records, commits, epochs and upgrades. Calls of other functions of `IEnigma` are passed on to the next part.
/// Few functions, because the compiler finds one by comparing selectors one after the other.
contract Enigma is EnigmaPart, UUPSUpgradeable, Proxy, Records, GroupRecords, Orders, Batches, Epochs {
    address private immutable _ledger;
    address private immutable _pausedImplementation;

    /// @param ledger built with the same parameters
    /// @param pausedImplementation an `Enigma` that refuses intake, to which the guardian may switch; zero: none
    constructor(IGovernance.Parameters memory p, IEnigmaPart ledger, address pausedImplementation)
        EnigmaPart(p)
        BeaconKey(p)
    {
        _requireSameParameters(ledger);
        _ledger = address(ledger);
        _pausedImplementation = pausedImplementation;
    }

    /// @dev Only the timelock changes the code; parameters are part of it. A pause must not wait for its delay, so the
    /// guardian may switch to the one implementation that was prepared for it, and to nothing else.
    function _authorizeUpgrade(address next) internal view override {
        if (msg.sender == _governor) return;
        bool pause = msg.sender == _guardian && next == _pausedImplementation && next != address(0);
        if (!pause) revert IGovernance.NotGovernor(msg.sender);
    }

    /// @dev Where `Proxy` passes calls on to.
    function _implementation() internal view override returns (address) {
        return _ledger;
    }
}
