// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Batches} from "./core/Batches.sol";
import {EnigmaBase} from "./core/EnigmaBase.sol";
import {Epochs} from "./core/Epochs.sol";
import {BeaconKey} from "./core/GroupKeys.sol";
import {GroupRecords} from "./core/GroupRecords.sol";
import {Orders} from "./core/Orders.sol";
import {Records} from "./core/Records.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";

/// @dev What Enigma asks of its other half. Not the contract itself, which would then be compiled with it.
interface IEnigmaExtension {
    function parametersHash() external view returns (bytes32);
}

/// @title Enigma on chain: the half of the implementation that every task uses
/// @notice Records, commits, epochs and upgrades are here; everything else of `IEnigma` is in the extension, to which
/// calls of other functions are passed on. Both run in the storage of one ERC-1967 proxy. Few functions, because the
/// compiler finds one by comparing selectors one after the other.
contract Enigma is UUPSUpgradeable, Proxy, Records, GroupRecords, Orders, Batches, Epochs {
    address private immutable _extension;

    /// @param extension built with the same parameters
    constructor(IGovernance.Parameters memory p, IEnigmaExtension extension) EnigmaBase(p) BeaconKey(p) {
        if (extension.parametersHash() != keccak256(abi.encode(p))) revert IGovernance.ParametersDiffer();
        _extension = address(extension);
    }

    /// @dev Only the timelock changes the code; parameters are part of it.
    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != _governor) revert IGovernance.NotGovernor(msg.sender);
    }

    /// @dev Where `Proxy` passes calls on to.
    function _implementation() internal view override returns (address) {
        return _extension;
    }
}
