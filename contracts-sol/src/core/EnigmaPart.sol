// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernance} from "../interfaces/IGovernance.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @dev What a part of the implementation asks of the next one. Not the contract itself, which would be compiled with it.
interface IEnigmaPart {
    function parametersHash() external view returns (bytes32);
}

/// @title One of the contracts that make the implementation
/// @notice No contract may exceed 24,576 bytes, so the implementation has three parts: `Enigma`, which every task uses,
/// passes on what it does not know to `EnigmaLedger`, and that to `EnigmaWorkers`. All run in the proxy's storage.
/// Each emits what the interfaces declare; where one says "See ITasks", the function is that interface's.
abstract contract EnigmaPart is EnigmaBase {
    bytes32 internal immutable _parametersHash;

    constructor(IGovernance.Parameters memory p) EnigmaBase(p) {
        _parametersHash = keccak256(abi.encode(p));
    }

    function _requireSameParameters(IEnigmaPart next) internal view {
        if (next.parametersHash() != _parametersHash) revert IGovernance.ParametersDiffer();
    }
}
