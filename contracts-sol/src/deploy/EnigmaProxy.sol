// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {EnigmaLedger} from "../EnigmaLedger.sol";

/// @title The address of Enigma
contract EnigmaProxy is ERC1967Proxy {
    /// @param implementation an `Enigma`
    constructor(address implementation) ERC1967Proxy(implementation, abi.encodeCall(EnigmaLedger.initialize, ())) {}
}

/// @title The timelock that governs Enigma and its attestation verifier
contract EnigmaTimelock is TimelockController {
    /// @param minDelayS seconds between the proposal of a change and its execution
    constructor(uint256 minDelayS, address[] memory proposers, address[] memory executors)
        TimelockController(minDelayS, proposers, executors, address(0))
    {}
}
