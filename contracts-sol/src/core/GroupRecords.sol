// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {Ring} from "../libraries/Ring.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {QueueWord} from "../libraries/Words.sol";
import {RecordRules} from "./RecordRules.sol";

/// @title Many records in one transaction
abstract contract GroupRecords is RecordRules {
    using TaskTerms for uint256;
    using Ring for bytes32[32];

    uint256 private constant MAX_GROUP = 128;

    /// What the loop carries from record to record.
    struct Cursor {
        uint256 index;
        uint256 locked;
        uint64 cumLocked;
        bytes32 link;
    }

    /// @notice See ITasks.
    function recordTasks(address secretContract, bytes32[] calldata inputsHashes, uint256[] calldata terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        uint256 count = inputsHashes.length;
        if (count == 0 || count > MAX_GROUP || count != terms.length) revert ITasks.GroupSizeInvalid(count, terms.length);
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord word = queue.counters;
        Cursor memory cursor;
        cursor.index = word.submitted();
        if (cursor.index == 0) revert ITasks.UnknownContract(secretContract);
        if (cursor.index + count - word.committed() > MAX_QUEUE) revert ITasks.QueueFull(secretContract);
        cursor.cumLocked = uint64(word.cumLocked());
        cursor.link = queue.links.get(cursor.index - 1);

        uint256[] memory recorded = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            recorded[i] = _step(queue, cursor, inputsHashes[i], terms[i]);
        }
        queue.links.set(cursor.index - 1, cursor.link);
        queue.counters = word.withSubmitted(cursor.index, cursor.cumLocked);
        _takeCredit(msg.sender, cursor.locked);
        emit ITasks.TasksRecorded(secretContract, msg.sender, inputsHashes, recorded);
        return cursor.link;
    }

    /// Adds one record to the chain in memory. A record with a callback ends a batch, so its own link is stored.
    function _step(EnigmaStorage.Queue storage queue, Cursor memory cursor, bytes32 inputsHash, uint256 terms)
        private
        returns (uint256 recorded)
    {
        uint256 locked = _lockOf(terms);
        uint256 index = cursor.index;
        bytes32 leaf = QueueHash.leaf(msg.sender, inputsHash, terms, 0, address(0), 0);
        unchecked {
            cursor.locked += locked;
            cursor.cumLocked += uint64(locked); // modulo 2^64 (PROTOCOL §2.5)
            cursor.index = index + 1;
        }
        cursor.link = QueueHash.four(cursor.link, leaf, index, cursor.cumLocked);
        if (terms.callbackGas() != 0) queue.links.set(index, cursor.link);
        return terms.withOutcome(0, locked, index);
    }
}
