// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {QueueWord} from "../libraries/Words.sol";
import {CommitLock} from "./CommitLock.sol";
import {Payments} from "./Payments.sol";
import {RecordProofs} from "./RecordProofs.sol";

/// @title Settlement of expired records
abstract contract Settlement is RecordProofs, Payments, CommitLock {
    using TaskTerms for uint256;

    /// What the loop carries. Refunds of neighbouring records of one sender are paid at once.
    struct Tally {
        uint256 index;
        uint256 cum;
        bytes32 link;
        address sender;
        uint256 refund;
        uint256 reward;
        uint256 paid;
    }

    /// @notice See ISettlement.
    function settleExpired(
        address secretContract,
        bytes32 previousLink,
        ISettlement.Record[] calldata records,
        ISettlement.RecordPayment[] calldata payments,
        IBatches.LaterRecord[] calldata later
    ) external whenNotCommitting {
        if (records.length == 0) revert ISettlement.NothingToSettle();
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord word = queue.counters;
        Tally memory tally;
        tally.index = word.committed();
        tally.cum = word.cumCommitted();
        tally.link = previousLink;
        tally.sender = records[0].sender;
        for (uint256 i = 0; i < records.length; ++i) {
            _settle(secretContract, tally, records[i], i, payments);
        }
        if (tally.paid != payments.length) revert ISettlement.PaymentOutOfPlace(payments[tally.paid].position);
        _requireLeadsToStored(queue, tally.link, tally.index - 1, later);
        // Records are in the order of their blocks: when the last is expired, all are.
        _requireExpired(records[records.length - 1], tally.index - 1);

        queue.counters = word.withCommitted(tally.index, tally.cum);
        _layout().settled[secretContract][_range(word.committed(), tally.index)] = true;
        _addCredit(tally.sender, tally.refund);
        _addCredit(msg.sender, tally.reward);
        emit ISettlement.RecordsSettled(
            secretContract, uint32(word.committed()), uint32(tally.index), msg.sender, tally.reward
        );
    }

    /// @notice See ISettlement.
    function isSettled(address secretContract, uint32 index, uint32 fromIndex, uint32 toIndex)
        external
        view
        returns (bool)
    {
        bool within = fromIndex <= index && index < toIndex;
        return within && _layout().settled[secretContract][_range(fromIndex, toIndex)];
    }

    function _range(uint256 fromIndex, uint256 toIndex) private pure returns (uint256) {
        return fromIndex | toIndex << 32;
    }

    /// One record: its link, its refund, its payment. What is not in the queue shows when the last link is compared.
    function _settle(
        address secretContract,
        Tally memory tally,
        ISettlement.Record calldata record,
        uint256 position,
        ISettlement.RecordPayment[] calldata payments
    ) private {
        uint256 index = record.terms.index();
        if (index != tally.index) revert ISettlement.RecordOutOfPlace(index, tally.index);
        uint256 locked = record.terms.locked();
        bytes32 leaf;
        if (tally.paid < payments.length && payments[tally.paid].position == position) {
            ISettlement.RecordPayment calldata payment = payments[tally.paid++];
            leaf = QueueHash.leafOf(record, payment.token, payment.amount);
            if (!_release(secretContract, payment.token, record.sender, payment.amount)) {
                revert ISettlement.PaymentOutOfPlace(position);
            }
        } else {
            leaf = QueueHash.leafOf(record, address(0), 0);
        }
        unchecked {
            tally.cum = uint64(tally.cum + locked); // modulo 2^64 (PROTOCOL §2.5)
            tally.index = index + 1;
        }
        tally.link = QueueHash.four(tally.link, leaf, index, tally.cum);
        if (record.sender != tally.sender) {
            _addCredit(tally.sender, tally.refund);
            tally.sender = record.sender;
            tally.refund = 0;
        }
        // The base fee of the time it was recorded may have been lower than the reward of today.
        uint256 reward = _settleRewardGrains < locked ? _settleRewardGrains : locked;
        tally.reward += reward;
        tally.refund += locked - reward;
    }

    function _requireExpired(ISettlement.Record calldata last, uint256 index) private view {
        uint256 expiresAtBlock = uint256(uint64(last.place)) + _expiryBlocks;
        if (block.number < expiresAtBlock) revert ISettlement.NotExpired(index, expiresAtBlock);
    }
}
