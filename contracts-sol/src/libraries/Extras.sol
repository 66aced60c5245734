// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";

/// @title The lists in the extras of a batch
/// @dev In assembly: the compiler walks from the array to each list anew and checks every step, for 1,000 gas a commit with
/// a callback. A list must lie in calldata, so that whoever reads the transaction finds in it what was committed.
library Extras {
    /// @dev More items than any calldata holds; so no product of it with the size of an item wraps.
    uint256 private constant MAX_ITEMS = 0xffffffff;

    /// @notice Thrown for a list that is not in calldata.
    error ExtrasMalformed();

    function none() internal pure returns (IBatches.Payout[] calldata list) {
        assembly ("memory-safe") {
            list.offset := 0
            list.length := 0
        }
    }

    function payouts(IBatches.Extras[] calldata extras) internal pure returns (IBatches.Payout[] calldata list) {
        (uint256 offset, uint256 length) = _list(extras, 0, 0x80);
        assembly ("memory-safe") {
            list.offset := offset
            list.length := length
        }
    }

    /// @notice As whole words, for the hash.
    function missing(IBatches.Extras[] calldata extras) internal pure returns (uint256[] calldata list) {
        (uint256 offset, uint256 length) = _list(extras, 1, 0x20);
        assembly ("memory-safe") {
            list.offset := offset
            list.length := length
        }
    }

    /// @notice Packed (PROTOCOL §4.5).
    function callbacks(IBatches.Extras[] calldata extras) internal pure returns (bytes calldata list) {
        (uint256 offset, uint256 length) = _list(extras, 2, 1);
        assembly ("memory-safe") {
            list.offset := offset
            list.length := length
        }
    }

    function later(IBatches.Extras[] calldata extras) internal pure returns (IBatches.LaterRecord[] calldata list) {
        (uint256 offset, uint256 length) = _list(extras, 3, 0x40);
        assembly ("memory-safe") {
            list.offset := offset
            list.length := length
        }
    }

    /// Place and length of a member of the first extras. Requires that there is one. @param size of an item, bytes
    function _list(IBatches.Extras[] calldata extras, uint256 member, uint256 size)
        private
        pure
        returns (uint256 offset, uint256 length)
    {
        bool outside;
        assembly ("memory-safe") {
            let first := add(extras.offset, calldataload(extras.offset))
            offset := add(first, calldataload(add(first, shl(5, member))))
            length := calldataload(offset)
            offset := add(offset, 0x20)
            outside := or(gt(offset, calldatasize()), gt(add(offset, mul(length, size)), calldatasize()))
        }
        if (outside || length > MAX_ITEMS) revert ExtrasMalformed();
    }
}
