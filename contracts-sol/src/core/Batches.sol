// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IBatches} from "../interfaces/IBatches.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";
import {BatchHash} from "../libraries/BatchHash.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {Tags} from "../libraries/Tags.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {Draws} from "./Draws.sol";
import {Payments} from "./Payments.sol";

/// @title Commits of batches
/// @dev Checks, then all effects, then the one interaction: the callbacks. Recording stays open to them, committing
/// does not (a transient lock), so the words written before them are never written again from memory.
abstract contract Batches is IBatches, Draws, Payments {
    using TransientSlot for *;

    /// @dev keccak256("enigma.lock.commit"), transient.
    bytes32 private constant LOCK = keccak256("enigma.lock.commit");

    /// @inheritdoc IBatches
    function commitBatch(Batch calldata batch) external {
        TransientSlot.BooleanSlot lock = LOCK.asBoolean();
        if (lock.tload()) revert CommitLocked();
        lock.tstore(true);
        _commit(batch);
        lock.tstore(false);
    }

    function _commit(Batch calldata batch) private {
        EnigmaStorage.Queue storage queue = _layout().queues[batch.secretContract];
        bytes32 link = _checkRecords(queue, batch);
        uint32 workerId = _checkWorker(queue, batch, link);
        _settleGrains(queue, batch, workerId);
        _releasePayments(batch);

        uint256 position = queue.batchSequence;
        queue.committed = batch.toIndex;
        queue.cumCommitted = batch.cumLockedGrains;
        queue.batchSequence = uint8((position + 1) % EnigmaStorage.RECEIPT_RING);
        bool failed;
        if (batch.callbacks.length == 0) {
            _setHead(queue, batch, batch.newHead, workerId);
            queue.receiptRoots[position] = batch.receiptsRoot;
        } else {
            failed = _performCallbacks(queue, batch, workerId, position);
        }
        emit BatchCommitted(
            batch.secretContract,
            workerId,
            batch.fromIndex,
            batch.toIndex,
            batch.receiptsRoot,
            failed ? batch.fallbackHead : batch.newHead,
            failed
        );
    }

    /// Moves the head. `drawEpoch` names the epoch of the last committed delta, whose key later workers need; so it
    /// moves with the head only (PROTOCOL §7.7).
    function _setHead(EnigmaStorage.Queue storage queue, Batch calldata batch, bytes32 head, uint32 workerId) private {
        if (head == batch.previousHead) return;
        queue.head = head;
        queue.drawEpoch = batch.epoch;
        queue.drawnWorker = uint24(workerId);
    }

    /// Success is written first, so that whatever the callbacks call sees it; failure undoes it.
    function _performCallbacks(EnigmaStorage.Queue storage queue, Batch calldata batch, uint32 workerId, uint256 position)
        private
        returns (bool failed)
    {
        uint32 drawEpoch = queue.drawEpoch;
        uint24 drawn = queue.drawnWorker;
        _setHead(queue, batch, batch.newHead, workerId);
        queue.receiptRoots[position] = batch.receiptsRoot;
        if (_perform(batch)) return false;
        queue.head = batch.fallbackHead;
        if (batch.fallbackHead == batch.previousHead) {
            queue.drawEpoch = drawEpoch;
            queue.drawnWorker = drawn;
        } else {
            queue.drawEpoch = batch.epoch;
            queue.drawnWorker = uint24(workerId);
        }
        queue.receiptRoots[position] = keccak256(abi.encode(Tags.CALLBACK_FAILED, batch.receiptsRoot));
        return true;
    }

    /// The batch resolves the oldest records of this queue and builds on its state.
    function _checkRecords(EnigmaStorage.Queue storage queue, Batch calldata batch) private view returns (bytes32 link) {
        if (block.number > batch.validUntilBlock) revert BatchExpired(batch.validUntilBlock);
        uint32 committed = queue.committed;
        uint32 submitted = queue.submitted;
        if (batch.fromIndex != committed || batch.toIndex <= committed || batch.toIndex > submitted) {
            revert IndexMismatch(batch.fromIndex, batch.toIndex, committed, submitted);
        }
        uint256 index;
        unchecked {
            index = batch.toIndex - 1; // above committed
        }
        link = keccak256(abi.encode(batch.previousLink, batch.leaf, index, batch.cumLockedGrains));
        _requireStored(queue, link, index, batch.later);
        bytes32 head = queue.head;
        if (batch.previousHead != head) revert HeadMismatch(batch.previousHead, head);
        if (batch.callbacks.length == 0 && batch.fallbackHead != 0) revert FallbackWithoutCallbacks();
    }

    /// Follows the records after `link` to one that the ring holds. A link holds its index, so a stale ring entry
    /// never equals it; and no link is zero.
    function _requireStored(
        EnigmaStorage.Queue storage queue,
        bytes32 link,
        uint256 index,
        LaterRecord[] calldata later
    ) internal view {
        unchecked {
            for (uint256 i = 0; i < later.length; ++i) {
                link = keccak256(abi.encode(link, later[i].leaf, ++index, later[i].cumLockedGrains));
            }
        }
        if (queue.links[index % EnigmaStorage.LINK_RING] != link) revert LinkMismatch(index, link);
    }

    /// The signature is the attested enclave's of the worker drawn for this contract and epoch.
    function _checkWorker(EnigmaStorage.Queue storage queue, Batch calldata batch, bytes32 link)
        private
        view
        returns (uint32 workerId)
    {
        EnigmaStorage.EpochState storage state = _layout().epochState;
        uint32 epoch = state.epoch;
        if (batch.epoch != epoch) revert WrongEpoch(batch.epoch, epoch);
        workerId = queue.drawEpoch == epoch ? queue.drawnWorker : _draw(batch.secretContract, state);
        EnigmaStorage.Worker storage worker = _layout().workers[workerId];
        uint8 status = worker.status;
        uint32 expiryS = worker.attestationExpiryS;
        if (status == WorkerStatus.BANNED || status == WorkerStatus.NONE || expiryS <= block.timestamp) {
            revert WorkerNotEligible(workerId, status, expiryS);
        }
        address signer = ECDSA.recover(_hashTypedDataV4(BatchHash.structHash(batch, link)), batch.signature);
        if (signer != worker.signer) revert SignerNotDrawn(signer, worker.signer);
    }

    /// Fee, forfeits and refunds are exactly what the resolved records locked.
    function _settleGrains(EnigmaStorage.Queue storage queue, Batch calldata batch, uint32 workerId) private {
        uint256 distributed = uint256(batch.feeGrains) + batch.forfeitedGrains;
        uint256 count = batch.refunds.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = uint256(batch.refunds[i]);
            uint256 grains = uint96(word);
            distributed += grains; // at most 2^96 each, and no call fits 2^160 of them
            _addCredit(address(uint160(word >> 96)), grains);
        }
        uint256 locked;
        unchecked {
            locked = batch.cumLockedGrains - queue.cumCommitted; // uint64: modulo 2^64 (PROTOCOL §2.5)
        }
        if (distributed != locked) revert NotConserved(distributed, locked);
        unchecked {
            // Grains that exist fit 54 bits.
            _layout().workers[workerId].earningsGrains += uint56(batch.feeGrains);
            if (batch.forfeitedGrains != 0) _layout().epochState.treasuryGrains += batch.forfeitedGrains;
        }
    }

    /// Moves payments of resolved records in the ledger; never more than the contract's records brought.
    function _releasePayments(Batch calldata batch) private {
        uint256 count = batch.payouts.length;
        for (uint256 i = 0; i < count; ++i) {
            Payout calldata payout = batch.payouts[i];
            if (!_release(batch.secretContract, payout.token, payout.to, payout.amount)) {
                revert PayoutTooLarge(batch.secretContract, payout.token, payout.amount);
            }
        }
    }

    /// Makes the callbacks. Only a target's own failure is an outcome; anything else undoes the commit.
    function _perform(Batch calldata batch) private returns (bool) {
        try ISecretContractAccount(batch.secretContract).perform(batch.callbacks) {
            return true;
        } catch (bytes memory reason) {
            if (bytes4(reason) == ISecretContractAccount.CallFailed.selector) return false;
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    /// @inheritdoc IBatches
    function commitBatches(bytes[] calldata batches) external returns (uint256 committed) {
        for (uint256 i = 0; i < batches.length; ++i) {
            bytes memory call = bytes.concat(this.commitBatch.selector, batches[i]);
            uint256 before = gasleft();
            (bool ok, bytes memory reason) = address(this).call(call);
            if (ok) {
                ++committed;
                continue;
            }
            if (_ranOutOfGas(reason, before)) {
                emit BatchesStopped(i);
                break;
            }
            emit BatchRejected(_contractOf(batches[i]), i, bytes4(reason));
        }
    }

    /// A frame that ran out of gas leaves 1/64 of what there was and no reason; a callback says so itself.
    function _ranOutOfGas(bytes memory reason, uint256 before) private view returns (bool) {
        if (bytes4(reason) == ISecretContractAccount.CallGasTooLow.selector) return true;
        return reason.length == 0 && gasleft() <= before / 32;
    }

    /// First member of an encoded batch, for the event.
    function _contractOf(bytes calldata encoded) private pure returns (address) {
        return encoded.length < 64 ? address(0) : address(uint160(uint256(bytes32(encoded[32:64]))));
    }
}
