// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title The callbacks of a batch: as they are signed, and as they are made
library Callbacks {
    /// @notice Calldata of `perform` (ISecretContractAccount), and the hash of PROTOCOL §4.3: what is called is what was hashed.
    /// @dev In assembly, because a list of the compiler's and its encoder take 3,500 gas more. The account takes the calls as
    /// they are, so this refuses bytes that are not whole calls.
    function load(bytes calldata calls) internal pure returns (bytes memory input, bytes32 hash) {
        bytes4 selector = ISecretContractAccount.perform.selector;
        assembly ("memory-safe") {
            input := mload(0x40)
            let at := add(input, 0x24)
            let end := add(at, calls.length)
            mstore(input, add(calls.length, 4))
            mstore(add(input, 0x20), selector)
            calldatacopy(at, calls.offset, calls.length)
            let list := and(add(end, 0x1f), not(0x1f)) // for the hash: three words a call
            mstore(0x40, list)
            let words := list
            for {} lt(at, end) {} {
                let head := mload(at)
                let size := and(head, 0xffffffffffffffff)
                let data := add(at, 0x20)
                at := add(data, size)
                if gt(at, end) { revert(0, 0) }
                mstore(words, shr(96, head))
                mstore(add(words, 0x20), and(shr(64, head), 0xffffffff))
                mstore(add(words, 0x40), keccak256(data, size))
                words := add(words, 0x60)
            }
            hash := keccak256(list, sub(words, list))
        }
    }
}
