// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";

/// A batch's EIP-712 struct in memory, as it is hashed: 18 words. The value is its place.
type SignedBatch is uint256;

using BatchHash for SignedBatch global;

/// @title The signed struct of a batch (PROTOCOL §4.3)
/// @dev Words are taken as they stand in calldata, also above the bits of their types. None needs a check for that:
/// each is compared with a clean value (contract, epoch, indexes), hashed into a link that must equal a stored one
/// (cumLocked), summed with overflow checks to a 64-bit difference (fee, forfeited), or bounded only by the signature
/// (validUntilBlock, missing); those of payouts are checked where they are released. A memory struct of Solidity would be zeroed first, and calldata members checked one by one: 1,000
/// gas a commit.
library BatchHash {
    bytes32 internal constant TYPE_HASH = keccak256(
        "Batch(address secretContract,uint32 epoch,uint32 fromIndex,uint32 toIndex,bytes32 link,uint64 cumLockedGrains,bytes32 previousHead,bytes32 newHead,bytes32 fallbackHead,bytes32 receiptsRoot,uint64 feeGrains,uint64 forfeitedGrains,bytes32 refundsHash,bytes32 payoutsHash,bytes32 missingHash,bytes32 callbacksHash,uint64 validUntilBlock)"
    );
    /// Hash of an empty list.
    bytes32 internal constant EMPTY = keccak256("");

    /// @notice The signed struct of a batch without extras; its link is still the batch's `previousLink`.
    function load(IBatches.Batch calldata b) internal pure returns (SignedBatch s) {
        bytes32 typeHash = TYPE_HASH;
        bytes32 empty = EMPTY;
        bytes32[] calldata refunds = b.refunds;
        assembly ("memory-safe") {
            s := mload(0x40)
            mstore(0x40, add(s, 0x240))
            mstore(s, typeHash)
            calldatacopy(add(s, 0x20), b, 0x180) // the first twelve words
            let list := add(s, 0x240)
            calldatacopy(list, refunds.offset, shl(5, refunds.length))
            mstore(add(s, 0x1a0), keccak256(list, shl(5, refunds.length)))
            mstore(add(s, 0x1c0), empty)
            mstore(add(s, 0x1e0), empty)
            mstore(add(s, 0x200), empty)
            calldatacopy(add(s, 0x220), add(b, 0x1a0), 0x20) // validUntilBlock
        }
    }

    /// @notice Completes it with two of a batch's extras.
    function addExtras(SignedBatch s, IBatches.Payout[] calldata payouts, uint256[] calldata missing) internal pure {
        bytes32 payoutsHash;
        bytes32 missingHash;
        assembly ("memory-safe") {
            let list := mload(0x40)
            let size := shl(7, payouts.length)
            calldatacopy(list, payouts.offset, size)
            payoutsHash := keccak256(list, size)
            size := shl(5, missing.length)
            calldatacopy(list, missing.offset, size)
            missingHash := keccak256(list, size)
        }
        _set(s, 14, payoutsHash);
        _set(s, 15, missingHash);
    }

    function setCallbacksHash(SignedBatch s, bytes32 value) internal pure {
        _set(s, 16, value);
    }

    function structHash(SignedBatch s) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := keccak256(s, 0x240)
        }
    }

    function epoch(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 2));
    }

    function fromIndex(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 3));
    }

    function toIndex(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 4));
    }

    /// @notice The link of the batch's last record; before `setLink` that of the record before it.
    function link(SignedBatch s) internal pure returns (bytes32) {
        return _word(s, 5);
    }

    function setLink(SignedBatch s, bytes32 value) internal pure {
        _set(s, 5, value);
    }

    function cumLocked(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 6));
    }

    function previousHead(SignedBatch s) internal pure returns (bytes32) {
        return _word(s, 7);
    }

    function newHead(SignedBatch s) internal pure returns (bytes32) {
        return _word(s, 8);
    }

    function fallbackHead(SignedBatch s) internal pure returns (bytes32) {
        return _word(s, 9);
    }

    function receiptsRoot(SignedBatch s) internal pure returns (bytes32) {
        return _word(s, 10);
    }

    function fee(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 11));
    }

    function forfeited(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 12));
    }

    function validUntilBlock(SignedBatch s) internal pure returns (uint256) {
        return uint256(_word(s, 17));
    }

    function _word(SignedBatch s, uint256 index) private pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(s, shl(5, index)))
        }
    }

    function _set(SignedBatch s, uint256 index, bytes32 value) private pure {
        assembly ("memory-safe") {
            mstore(add(s, shl(5, index)), value)
        }
    }
}
