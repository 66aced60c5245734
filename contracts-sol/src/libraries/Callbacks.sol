// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title The callbacks of a batch: as they are signed, and as they are made
library Callbacks {
    /// @notice Calldata of `perform(calls)`, and the hash of PROTOCOL §4.3: what is called is what was hashed.
    /// @dev In assembly, because the compiler's encoder, its checks of each step and a list of its own for the hash take
    /// 3,500 gas more. An offset in calldata may point anywhere, so the calls are put together anew and never copied with
    /// their offsets; a target or limit beyond its type is refused by the account, which decodes them.
    function load(ISecretContractAccount.Call[] calldata calls) internal pure returns (bytes memory input, bytes32 hash) {
        bytes4 selector = ISecretContractAccount.perform.selector;
        assembly ("memory-safe") {
            let words := mload(0x40) // for the hash: three words a callback
            input := add(words, mul(calls.length, 0x60))
            mstore(add(input, 0x20), selector)
            mstore(add(input, 0x24), 0x20)
            mstore(add(input, 0x44), calls.length)
            let end := add(add(input, 0x64), shl(5, calls.length))
            for { let i := 0 } lt(i, calls.length) { i := add(i, 1) } {
                let item := add(calls.offset, calldataload(add(calls.offset, shl(5, i))))
                let data := add(item, calldataload(add(item, 0x40)))
                let size := calldataload(data)
                // What is not in calldata is refused as the compiler does, before it is copied.
                let outside := or(gt(add(item, 0x60), calldatasize()), gt(size, calldatasize()))
                if or(outside, gt(add(add(data, 0x20), size), calldatasize())) { revert(0, 0) }
                mstore(add(add(input, 0x64), shl(5, i)), sub(end, add(input, 0x64)))
                calldatacopy(end, item, 0x40) // target, gasLimit
                calldatacopy(words, item, 0x40)
                mstore(add(end, 0x40), 0x60)
                mstore(add(end, 0x60), size)
                end := add(end, 0x80)
                calldatacopy(end, add(data, 0x20), size)
                mstore(add(words, 0x40), keccak256(end, size))
                mstore(add(end, size), 0)
                words := add(words, 0x60)
                end := add(end, and(add(size, 0x1f), not(0x1f)))
            }
            mstore(input, sub(end, add(input, 0x20)))
            mstore(0x40, and(add(end, 0x3f), not(0x1f)))
            hash := keccak256(sub(words, mul(calls.length, 0x60)), mul(calls.length, 0x60))
        }
    }
}
