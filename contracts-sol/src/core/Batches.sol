// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IBatches} from "../interfaces/IBatches.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";
import {BatchHash, SignedBatch} from "../libraries/BatchHash.sol";
import {Callbacks} from "../libraries/Callbacks.sol";
import {Extras} from "../libraries/Extras.sol";
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
        SignedBatch signed = BatchHash.load(batch);
        EnigmaStorage.Queue storage queue = _layout().queues[batch.secretContract];
        QueueWord word = queue.counters;
        _checkPlace(queue, word, signed, batch.leaf);
        (IBatches.Payout[] calldata payouts, bytes memory callbacks) = _checkExtras(queue, signed, batch.extras);
        uint256 workerId = _payWorker(word, signed, batch);
        _distribute(word, signed, batch.refunds);

        queue.counters = _resolved(word, signed, signed.newHead(), workerId);
        queue.head = signed.newHead();
        queue.receiptRoots.set(word.batchSequence(), signed.receiptsRoot());

        address secretContract = batch.secretContract;
        if (payouts.length != 0) _releasePayments(secretContract, payouts);
        bool failed = callbacks.length != 0 && !_perform(secretContract, callbacks);
        if (failed) {
            _undo(secretContract, signed, _resolved(word, signed, signed.fallbackHead(), workerId));
            _returnPayments(secretContract, payouts);
        }
        _announceBatch(secretContract, signed, workerId, failed);
    }

    function _announceBatch(address secretContract, SignedBatch signed, uint256 workerId, bool failed) private {
        uint256 info = signed.fromIndex() | signed.toIndex() << 32 | workerId << 64;
        bytes32 head = signed.newHead();
        if (failed) {
            info |= CALLBACKS_FAILED;
            head = signed.fallbackHead();
        }
        emit IBatches.BatchCommitted(secretContract, signed.receiptsRoot(), head, info);
    }

    /// The counters after this batch. `drawEpoch` names the epoch of the last committed delta, whose key later workers
    /// need: it moves with the head only (PROTOCOL §7.7).
    function _resolved(QueueWord word, SignedBatch signed, bytes32 head, uint256 workerId)
        private
        pure
        returns (QueueWord next)
    {
        next = word.withCommitted(signed.toIndex(), signed.cumLocked()).withNextBatch();
        if (head != signed.previousHead()) next = next.withDraw(signed.epoch(), workerId);
    }

    /// The batch resolves the oldest records of this queue and builds on its state. Completes the signed struct with the
    /// link of its last record.
    function _checkPlace(EnigmaStorage.Queue storage queue, QueueWord word, SignedBatch signed, bytes32 leaf)
        private
        view
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
            signed.setLink(QueueHash.four(signed.link(), leaf, toIndex - 1, signed.cumLocked())); // toIndex > committed
        }
    }

    /// Completes the signed struct with the extras. Gives the payouts, and the call that makes the callbacks; both empty
    /// without any.
    function _checkExtras(EnigmaStorage.Queue storage queue, SignedBatch signed, IBatches.Extras[] calldata extras)
        private
        view
        returns (IBatches.Payout[] calldata payouts, bytes memory callbacks)
    {
        if (extras.length == 0) {
            payouts = Extras.none();
            _checkLink(queue, signed.link(), signed.toIndex() - 1);
        } else {
            if (extras.length > 1) revert IBatches.TooManyExtras();
            payouts = Extras.payouts(extras);
            signed.addExtras(payouts, Extras.missing(extras));
            callbacks = _checkCallbacks(signed, Extras.callbacks(extras));
            _checkLater(queue, signed, Extras.later(extras));
        }
        if (callbacks.length == 0 && signed.fallbackHead() != 0) revert IBatches.FallbackWithoutCallbacks();
    }

    function _checkCallbacks(SignedBatch signed, bytes calldata calls)
        private
        pure
        returns (bytes memory callbacks)
    {
        if (calls.length == 0) return callbacks;
        bytes32 hash;
        (callbacks, hash) = Callbacks.load(calls);
        signed.setCallbacksHash(hash);
    }

    /// Follows the records after the batch to a stored link.
    function _checkLater(EnigmaStorage.Queue storage queue, SignedBatch signed, IBatches.LaterRecord[] calldata later)
        private
        view
    {
        bytes32 link = signed.link();
        uint256 index = signed.toIndex() - 1;
        uint256 count = later.length;
        for (uint256 i = 0; i < count; ++i) {
            link = QueueHash.four(link, later[i].leaf, ++index, later[i].cumLockedGrains);
        }
        _checkLink(queue, link, index);
    }

    /// A link commits to its index, so a stale ring entry never equals it; and no link is zero.
    function _checkLink(EnigmaStorage.Queue storage queue, bytes32 link, uint256 index) private view {
        if (queue.links.get(index) != link) revert IBatches.LinkMismatch(index, link);
    }

    /// The signature is the attested enclave's of the worker drawn for this contract and epoch.
    function _payWorker(QueueWord word, SignedBatch signed, IBatches.Batch calldata batch)
        private
        returns (uint256 workerId)
    {
        EpochWord state = _layout().epochWord;
        uint256 epoch = state.epoch();
        if (signed.epoch() != epoch) revert IBatches.WrongEpoch(signed.epoch(), epoch);
        workerId = word.drawEpoch() == epoch ? word.drawnWorker() : _draw(batch.secretContract, state);
        EnigmaStorage.Worker storage worker = _layout().workers[workerId];
        IdentityWord identity = worker.identity;
        if (!identity.mayCommit()) revert IBatches.WorkerNotEligible(workerId, identity.status(), identity.expiryS());
        address signer = ECDSA.recover(_hashTypedData(signed.structHash()), batch.r, batch.vs);
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
        uint256 count = payouts.length;
        for (uint256 i = 0; i < count; ++i) {
            IBatches.Payout calldata payout = payouts[i];
            if (!_release(secretContract, payout.token, payout.to, payout.amount)) {
                revert IBatches.PayoutTooLarge(secretContract, payout.token, payout.amount);
            }
        }
    }

    /// The payment of the task whose callbacks failed goes back to its sender.
    function _returnPayments(address secretContract, IBatches.Payout[] calldata payouts) private {
        uint256 count = payouts.length;
        for (uint256 i = 0; i < count; ++i) {
            IBatches.Payout calldata payout = payouts[i];
            if (payout.fallbackTo == address(0)) continue;
            _return(secretContract, payout.token, payout.to, payout.fallbackTo, payout.amount);
        }
    }

    /// Makes the callbacks: `input` is a call of `perform`. Only a target's own failure is an outcome; anything else undoes
    /// the commit. The account has code since record 0.
    function _perform(address account, bytes memory input) private returns (bool ok) {
        _setCommitting(true);
        assembly ("memory-safe") {
            ok := call(gas(), account, 0, add(input, 0x20), mload(input), 0, 0)
        }
        _setCommitting(false);
        if (ok) return true;
        bytes4 code;
        assembly ("memory-safe") {
            mstore(0, 0)
            if gt(returndatasize(), 3) { returndatacopy(0, 0, 4) }
            code := mload(0)
        }
        if (code == ISecretContractAccount.CallFailed.selector) return false;
        assembly ("memory-safe") {
            let reason := mload(0x40)
            returndatacopy(reason, 0, returndatasize())
            revert(reason, returndatasize())
        }
    }

    /// The state keeps what held before the callbacks' task. The counters may have moved meanwhile: a callback may
    /// record tasks, and change nothing else in them.
    function _undo(address secretContract, SignedBatch signed, QueueWord word) private {
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord present = queue.counters;
        queue.counters = word.withSubmitted(present.submitted(), present.cumLocked());
        queue.head = signed.fallbackHead();
        // `word` already names the position after this batch's; the ring counts modulo 32.
        queue.receiptRoots.set(word.batchSequence() + 31, ReceiptProof.failedEntry(secretContract, signed.receiptsRoot()));
    }
}
