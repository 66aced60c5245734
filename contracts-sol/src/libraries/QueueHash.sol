// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Tags} from "./Tags.sol";
import {TaskTerms} from "./TaskTerms.sol";

/// @title Hashes of a queue (PROTOCOL §2)
/// @dev In assembly, because every task pays for them: `abi.encode` would allocate and check memory for about 400 gas
/// a record. Each function writes its words beyond the free memory pointer and hashes them; none moves the pointer.
library QueueHash {
    /// @notice keccak256 of the twelve words of PROTOCOL §2.1, for a record made now.
    /// @param flags of §2.1 @param token zero: none, or ETH @param amount that came with the record
    function leaf(address sender, bytes32 inputsHash, uint256 terms, uint256 flags, address token, uint256 amount)
        internal
        view
        returns (bytes32)
    {
        return _leaf(sender, inputsHash, terms, flags, token, amount, block.number, block.timestamp);
    }

    /// @notice The same for a record made earlier, as its event told it.
    function leafOf(ISettlement.Record calldata record, address token, uint256 amount)
        internal
        pure
        returns (bytes32)
    {
        uint256 terms = record.terms;
        uint256 place = record.place;
        uint256 flags = TaskTerms.flags(terms);
        return _leaf(record.sender, record.inputsHash, terms, flags, token, amount, uint64(place), place >> 64);
    }

    /// In one block of assembly: beyond it the memory it writes belongs to nobody.
    function _leaf(
        address sender,
        bytes32 inputsHash,
        uint256 terms,
        uint256 flags,
        address token,
        uint256 amount,
        uint256 blockNumber,
        uint256 timestampS
    ) private pure returns (bytes32 hash) {
        bytes32 tag = Tags.LEAF;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, tag)
            mstore(add(words, 0x20), sender)
            mstore(add(words, 0x40), inputsHash)
            mstore(add(words, 0x60), and(terms, 0xffffffffffff)) // gasLimit, 48 bits
            mstore(add(words, 0x80), and(shr(48, terms), 0xffffffffff)) // gasPriceGrains, 40
            mstore(add(words, 0xa0), and(shr(88, terms), 0xffffffff)) // callbackGas, 32
            mstore(add(words, 0xc0), and(shr(120, terms), 0xffffffffff)) // callbackPriceGrains, 40
            mstore(add(words, 0xe0), flags)
            mstore(add(words, 0x100), token)
            mstore(add(words, 0x120), amount)
            mstore(add(words, 0x140), blockNumber)
            mstore(add(words, 0x160), timestampS)
            hash := keccak256(words, 0x180)
        }
    }

    /// @notice keccak256 of four words: a link (previous, leaf, index, cumLocked), and whatever else has four.
    function four(bytes32 a, bytes32 b, uint256 c, uint256 d) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, a)
            mstore(add(words, 0x20), b)
            mstore(add(words, 0x40), c)
            mstore(add(words, 0x60), d)
            hash := keccak256(words, 0x80)
        }
    }
}
