// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IBatches} from "../interfaces/IBatches.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";
import {BatchHash, SignedBatch} from "../libraries/BatchHash.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {ReceiptProof} from "../libraries/ReceiptProof.sol";
import {Ring} from "../libraries/Ring.sol";
import {EpochWord, IdentityWord, QueueWord} from "../libraries/Words.sol";
import {CommitLock} from "./CommitLock.sol";
import {Draws} from "./Draws.sol";
import {Payments} from "./Payments.sol";

/// @title Commits of batches
/// @dev Checks, then all effects, then the one interaction: the callbacks. Recording stays open to them, committing
/// does not (a transient lock), and no word read before them is written after them.
abstract contract Batches is Draws, Payments, CommitLock {
    using Ring for bytes32[32];

    /// @dev Bit of the event's info word.
    uint256 private constant CALLBACKS_FAILED = 1 << 88;

    /// @notice See IBatches.
    function commitBatch(IBatches.Batch calldata batch) external {
        _requireNotCommitting();
        address secretContract = batch.secretContract;
        IBatches.Extras[] calldata extras = batch.extras;
        SignedBatch signed = BatchHash.load(batch);
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord word = queue.counters;
        bytes32 link = _checkPlace(queue, word, signed, batch.leaf);
        if (extras.length == 0) {
            if (queue.links.get(signed.toIndex() - 1) != link) revert IBatches.LinkMismatch(signed.toIndex() - 1, link);
            if (signed.fallbackHead() != 0) revert IBatches.FallbackWithoutCallbacks();
        } else {
            _checkExtras(queue, signed, extras, link);
        }
        uint256 workerId = _payWorker(word, signed, secretContract, batch.r, batch.vs);
        _distribute(word, signed, batch.refunds);

        QueueWord resolved = word.withCommitted(signed.toIndex(), signed.cumLocked()).withNextBatch();
        // `drawEpoch` names the epoch of the last committed delta, whose key later workers need: it moves with the
        // head only (PROTOCOL §7.7).
        QueueWord moved = resolved.withDraw(signed.epoch(), workerId);
        queue.counters = signed.newHead() == signed.previousHead() ? resolved : moved;
        queue.head = signed.newHead();
        queue.receiptRoots.set(word.batchSequence(), signed.receiptsRoot());

        bool failed;
        if (extras.length != 0) {
            _releasePayments(secretContract, extras[0].payouts);
            if (extras[0].callbacks.length != 0 && !_perform(secretContract, extras[0].callbacks)) {
                failed = true;
                bool still = signed.fallbackHead() == signed.previousHead();
                _undo(secretContract, signed, still ? resolved : moved, word.batchSequence());
            }
        }
        uint256 info = signed.fromIndex() | signed.toIndex() << 32 | workerId << 64;
        emit IBatches.BatchCommitted(
            secretContract,
            signed.receiptsRoot(),
            failed ? signed.fallbackHead() : signed.newHead(),
            failed ? info | CALLBACKS_FAILED : info
        );
    }

    /// The batch resolves the oldest records of this queue and builds on its state. Gives the link of its last record,
    /// and completes the signed struct with it.
    function _checkPlace(EnigmaStorage.Queue storage queue, QueueWord word, SignedBatch signed, bytes32 leaf)
        private
        view
        returns (bytes32 link)
    {
        uint256 validUntil = signed.validUntilBlock();
        // A batch is of one schedule period: in another, other records may be expired (PROTOCOL §5.1).
        if (block.number > validUntil || validUntil / _epochLengthBlocks != block.number / _epochLengthBlocks) {
            revert IBatches.BatchNotValidNow(validUntil);
        }
        uint256 committed = word.committed();
        uint256 toIndex = signed.toIndex();
        if (signed.fromIndex() != committed || toIndex <= committed || toIndex > word.submitted()) {
            revert IBatches.IndexMismatch(signed.fromIndex(), toIndex, committed, word.submitted());
        }
        bytes32 head = queue.head;
        if (signed.previousHead() != head) revert IBatches.HeadMismatch(signed.previousHead(), head);
        unchecked {
            link = QueueHash.four(signed.link(), leaf, toIndex - 1, signed.cumLocked()); // toIndex > committed
        }
        signed.setLink(link);
    }

    /// Follows the records after the batch to a stored link, and completes the signed struct. A link commits to its
    /// index, so a stale ring entry never equals it; and no link is zero.
    function _checkExtras(
        EnigmaStorage.Queue storage queue,
        SignedBatch signed,
        IBatches.Extras[] calldata extras,
        bytes32 link
    ) private view {
        if (extras.length > 1) revert IBatches.TooManyExtras();
        signed.addExtras(extras[0]);
        if (extras[0].callbacks.length == 0 && signed.fallbackHead() != 0) revert IBatches.FallbackWithoutCallbacks();
        IBatches.LaterRecord[] calldata later = extras[0].later;
        uint256 index = signed.toIndex() - 1;
        for (uint256 i = 0; i < later.length; ++i) {
            link = QueueHash.four(link, later[i].leaf, ++index, later[i].cumLockedGrains);
        }
        if (queue.links.get(index) != link) revert IBatches.LinkMismatch(index, link);
    }

    /// The signature is the attested enclave's of the worker drawn for this contract and epoch.
    function _payWorker(QueueWord word, SignedBatch signed, address secretContract, bytes32 r, bytes32 vs)
        private
        returns (uint256 workerId)
    {
        EpochWord state = _layout().epochWord;
        uint256 epoch = state.epoch();
        if (signed.epoch() != epoch) revert IBatches.WrongEpoch(signed.epoch(), epoch);
        workerId = word.drawEpoch() == epoch ? word.drawnWorker() : _draw(secretContract, state);
        EnigmaStorage.Worker storage worker = _layout().workers[workerId];
        IdentityWord identity = worker.identity;
        if (!identity.mayCommit()) revert IBatches.WorkerNotEligible(workerId, identity.status(), identity.expiryS());
        address signer = ECDSA.recover(_hashTypedData(signed.structHash()), r, vs);
        if (signer != identity.signer()) revert IBatches.SignerNotDrawn(signer, identity.signer());
        worker.identity = identity.plusEarned(signed.fee());
    }

    /// Fee, forfeits and refunds are exactly what the resolved records locked.
    function _distribute(QueueWord word, SignedBatch signed, bytes32[] calldata refunds) private {
        uint256 forfeited = signed.forfeited();
        uint256 distributed = signed.fee() + forfeited;
        uint256 count = refunds.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 refund = uint256(refunds[i]);
            uint256 grains = uint96(refund);
            distributed += grains;
            _addCredit(address(uint160(refund >> 96)), grains);
        }
        uint256 locked;
        unchecked {
            locked = uint64(signed.cumLocked() - word.cumCommitted()); // modulo 2^64 (PROTOCOL §2.5)
        }
        if (distributed != locked) revert IBatches.NotConserved(distributed, locked);
        if (forfeited != 0) _addTreasury(forfeited);
    }

    function _releasePayments(address secretContract, IBatches.Payout[] calldata payouts) private {
        for (uint256 i = 0; i < payouts.length; ++i) {
            IBatches.Payout calldata payout = payouts[i];
            if (!_release(secretContract, payout.token, payout.to, payout.amount)) {
                revert IBatches.PayoutTooLarge(secretContract, payout.token, payout.amount);
            }
        }
    }

    /// Makes the callbacks. Only a target's own failure is an outcome; anything else undoes the commit.
    function _perform(address account, ISecretContractAccount.Call[] calldata callbacks) private returns (bool) {
        _setCommitting(true);
        try ISecretContractAccount(account).perform(callbacks) {
            _setCommitting(false);
            return true;
        } catch (bytes memory reason) {
            _setCommitting(false);
            if (bytes4(reason) == ISecretContractAccount.CallFailed.selector) return false;
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    /// The state keeps what held before the callbacks' task. The counters may have moved meanwhile: a callback may
    /// record tasks, and change nothing else in them.
    function _undo(address secretContract, SignedBatch signed, QueueWord word, uint256 position) private {
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord present = queue.counters;
        queue.counters = word.withSubmitted(present.submitted(), present.cumLocked());
        queue.head = signed.fallbackHead();
        queue.receiptRoots.set(position, ReceiptProof.failedEntry(secretContract, signed.receiptsRoot()));
    }
}
