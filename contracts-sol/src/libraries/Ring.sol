// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A ring of 32 words in storage: index n stands at position n modulo 32
/// @dev In assembly, because the compiler checks the bound of a position that cannot exceed it, and treats a whole word
/// as part of one.
library Ring {
    uint256 private constant MASK = 31;

    function get(bytes32[32] storage ring, uint256 index) internal view returns (bytes32 value) {
        assembly ("memory-safe") {
            value := sload(add(ring.slot, and(index, MASK)))
        }
    }

    function set(bytes32[32] storage ring, uint256 index, bytes32 value) internal {
        assembly ("memory-safe") {
            sstore(add(ring.slot, and(index, MASK)), value)
        }
    }
}
