// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {WorkerStatus} from "./WorkerStatus.sol";

// The packed words of the hot paths. Each is read once, changed as a value and written once; the compiler's own packed
// structs would read and write storage per field. Layouts are those of PROTOCOL §5.5, from bit 0 up.

/// submitted u32 | committed u32 | cumLocked u64 | cumCommitted u64 | drawEpoch u32 | drawnWorker u24 | batchSequence u8
type QueueWord is uint256;

/// credit u64 | nonceBase u64 | nonceWindow u64 | touched u1
type AccountWord is uint256;

/// signer u160 | attestationExpiryS u32 | status u8 | earnedGrains u56 (ever, modulo 2^56)
type IdentityWord is uint256;

/// epoch u32 | openedAtBlock u48 | scheduledStartBlock u48 | workerCount u24 | treeDepth u8 | activeCount u32 |
/// treasuryGrains u64
type EpochWord is uint256;

using QueueWords for QueueWord global;
using AccountWords for AccountWord global;
using IdentityWords for IdentityWord global;
using EpochWords for EpochWord global;

/// @dev `field` must fit its bits; callers say why.
function put(uint256 word, uint256 shift, uint256 mask, uint256 field) pure returns (uint256) {
    return (word & ~(mask << shift)) | (field << shift);
}

library QueueWords {
    function submitted(QueueWord w) internal pure returns (uint256) {
        return uint32(QueueWord.unwrap(w));
    }

    function committed(QueueWord w) internal pure returns (uint256) {
        return uint32(QueueWord.unwrap(w) >> 32);
    }

    function cumLocked(QueueWord w) internal pure returns (uint256) {
        return uint64(QueueWord.unwrap(w) >> 64);
    }

    function cumCommitted(QueueWord w) internal pure returns (uint256) {
        return uint64(QueueWord.unwrap(w) >> 128);
    }

    function drawEpoch(QueueWord w) internal pure returns (uint256) {
        return uint32(QueueWord.unwrap(w) >> 192);
    }

    function drawnWorker(QueueWord w) internal pure returns (uint256) {
        return uint24(QueueWord.unwrap(w) >> 224);
    }

    function batchSequence(QueueWord w) internal pure returns (uint256) {
        return QueueWord.unwrap(w) >> 248;
    }

    /// @param count below 2^32 @param cum below 2^64
    function withSubmitted(QueueWord w, uint256 count, uint256 cum) internal pure returns (QueueWord) {
        uint256 rest = QueueWord.unwrap(w) & ~(uint256(type(uint64).max) << 64 | uint256(type(uint32).max));
        return QueueWord.wrap(rest | count | cum << 64);
    }

    /// @param count below 2^32 @param cum below 2^64
    function withCommitted(QueueWord w, uint256 count, uint256 cum) internal pure returns (QueueWord) {
        uint256 rest = QueueWord.unwrap(w) & ~(uint256(type(uint64).max) << 128 | uint256(type(uint32).max) << 32);
        return QueueWord.wrap(rest | count << 32 | cum << 128);
    }

    /// @param epoch below 2^32 @param workerId below 2^24
    function withDraw(QueueWord w, uint256 epoch, uint256 workerId) internal pure returns (QueueWord) {
        return QueueWord.wrap(put(QueueWord.unwrap(w), 192, type(uint56).max, epoch | workerId << 32));
    }

    /// @notice Moves to the next position of the receipt ring, modulo 32. The field is the highest: nothing to mask.
    function withNextBatch(QueueWord w) internal pure returns (QueueWord) {
        uint256 word = QueueWord.unwrap(w);
        unchecked {
            // Five bits of the eight are used, so the sum stays within the field.
            return QueueWord.wrap((word + (1 << 248)) & ~uint256(1 << 253));
        }
    }
}

library AccountWords {
    uint256 private constant TOUCHED = 1 << 192;

    function credit(AccountWord w) internal pure returns (uint256) {
        return uint64(AccountWord.unwrap(w));
    }

    function nonceBase(AccountWord w) internal pure returns (uint256) {
        return uint64(AccountWord.unwrap(w) >> 64);
    }

    function nonceWindow(AccountWord w) internal pure returns (uint256) {
        return uint64(AccountWord.unwrap(w) >> 128);
    }

    /// @notice Adds grains; a used word never returns to zero, which keeps later writes cheap.
    /// @dev No overflow: all grains together are below 2^54.
    function plus(AccountWord w, uint256 grains) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap((AccountWord.unwrap(w) + grains) | TOUCHED);
        }
    }

    /// @param grains at most the credit
    function minus(AccountWord w, uint256 grains) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(w) - grains);
        }
    }

    /// @param base, window below 2^64
    function withNonces(AccountWord w, uint256 base, uint256 window) internal pure returns (AccountWord) {
        uint256 rest = AccountWord.unwrap(w) & ~(uint256(type(uint128).max) << 64);
        return AccountWord.wrap(rest | base << 64 | window << 128 | TOUCHED);
    }
}

library IdentityWords {
    function signer(IdentityWord w) internal pure returns (address) {
        return address(uint160(IdentityWord.unwrap(w)));
    }

    function expiryS(IdentityWord w) internal pure returns (uint256) {
        return uint32(IdentityWord.unwrap(w) >> 160);
    }

    function status(IdentityWord w) internal pure returns (uint8) {
        return uint8(IdentityWord.unwrap(w) >> 192);
    }

    /// @notice Whether what this worker's enclave signs counts: registered, not banned, attested for now.
    function mayCommit(IdentityWord w) internal view returns (bool) {
        uint8 state = status(w);
        return state != WorkerStatus.NONE && state < WorkerStatus.BANNED && expiryS(w) > block.timestamp;
    }

    /// @notice Fees earned ever, modulo 2^56. What is not claimed of them is below 2^54.
    function earned(IdentityWord w) internal pure returns (uint256) {
        return IdentityWord.unwrap(w) >> 200;
    }

    /// @param expiry unix seconds below 2^32
    function withAttestation(IdentityWord w, address key, uint256 expiry) internal pure returns (IdentityWord) {
        return IdentityWord.wrap(put(IdentityWord.unwrap(w), 0, type(uint192).max, uint160(key) | expiry << 160));
    }

    function withStatus(IdentityWord w, uint8 next) internal pure returns (IdentityWord) {
        return IdentityWord.wrap(put(IdentityWord.unwrap(w), 192, type(uint8).max, next));
    }

    /// @dev The field is the highest: the sum wraps modulo 2^56.
    function plusEarned(IdentityWord w, uint256 grains) internal pure returns (IdentityWord) {
        unchecked {
            return IdentityWord.wrap(IdentityWord.unwrap(w) + (grains << 200));
        }
    }

}

library EpochWords {
    function epoch(EpochWord w) internal pure returns (uint32) {
        return uint32(EpochWord.unwrap(w));
    }

    function openedAtBlock(EpochWord w) internal pure returns (uint256) {
        return uint48(EpochWord.unwrap(w) >> 32);
    }

    function scheduledStartBlock(EpochWord w) internal pure returns (uint256) {
        return uint48(EpochWord.unwrap(w) >> 80);
    }

    function workerCount(EpochWord w) internal pure returns (uint256) {
        return uint24(EpochWord.unwrap(w) >> 128);
    }

    function treeDepth(EpochWord w) internal pure returns (uint256) {
        return uint8(EpochWord.unwrap(w) >> 152);
    }

    function activeCount(EpochWord w) internal pure returns (uint256) {
        return uint32(EpochWord.unwrap(w) >> 160);
    }

    function treasury(EpochWord w) internal pure returns (uint256) {
        return EpochWord.unwrap(w) >> 192;
    }

    /// @param number below 2^32 @param openedAt, start below 2^48
    function withEpoch(EpochWord w, uint256 number, uint256 openedAt, uint256 start) internal pure returns (EpochWord) {
        return EpochWord.wrap(put(EpochWord.unwrap(w), 0, type(uint128).max, number | openedAt << 32 | start << 80));
    }

    /// @param count below 2^24 @param depth below 2^8
    function withTree(EpochWord w, uint256 count, uint256 depth) internal pure returns (EpochWord) {
        return EpochWord.wrap(put(EpochWord.unwrap(w), 128, type(uint32).max, count | depth << 24));
    }

    /// @param count below 2^32
    function withActiveCount(EpochWord w, uint256 count) internal pure returns (EpochWord) {
        return EpochWord.wrap(put(EpochWord.unwrap(w), 160, type(uint32).max, count));
    }

    /// @param grains below 2^64
    function withTreasury(EpochWord w, uint256 grains) internal pure returns (EpochWord) {
        return EpochWord.wrap(put(EpochWord.unwrap(w), 192, type(uint64).max, grains));
    }
}
