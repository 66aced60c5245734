// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {Records} from "./Records.sol";

/// @title Many records in one transaction
abstract contract GroupRecords is Records {
    using TaskTerms for uint256;

    uint256 private constant MAX_GROUP = 128;

    /// What the loop carries from record to record.
    struct Cursor {
        uint256 index;
        uint256 locked;
        uint64 cumLocked;
        bytes32 link;
    }

    /// @inheritdoc ITasks
    function recordTasks(address secretContract, bytes32[] calldata inputsHashes, uint256[] calldata terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        uint256 count = inputsHashes.length;
        if (count == 0 || count > MAX_GROUP || count != terms.length) revert GroupSizeInvalid(count, terms.length);
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        Cursor memory at;
        at.index = queue.submitted;
        if (at.index == 0) revert UnknownContract(secretContract);
        if (at.index + count - queue.committed > MAX_QUEUE) revert QueueFull(secretContract);
        at.cumLocked = queue.cumLocked;
        at.link = queue.links[(at.index - 1) % EnigmaStorage.LINK_RING];

        uint256[] memory recorded = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            recorded[i] = _step(queue, at, inputsHashes[i], terms[i]);
        }
        queue.links[(at.index - 1) % EnigmaStorage.LINK_RING] = at.link;
        queue.submitted = uint32(at.index);
        queue.cumLocked = at.cumLocked;
        _takeCredit(msg.sender, at.locked);
        emit TasksRecorded(secretContract, msg.sender, inputsHashes, recorded);
        return at.link;
    }

    /// Adds one record to the chain in memory. A record with a callback ends a batch, so its own link is stored.
    function _step(EnigmaStorage.Queue storage queue, Cursor memory at, bytes32 inputsHash, uint256 terms)
        private
        returns (uint256 recorded)
    {
        terms.validate(_minGasLimit, _minGasPriceGrains, _minCallbackPriceGrains);
        uint256 locked = terms.lockOf(_baseFeeGrains);
        uint256 index = at.index;
        bytes32 leaf = _leaf(msg.sender, inputsHash, terms, Extras(0, address(0), 0));
        unchecked {
            at.locked += locked;
            at.cumLocked += uint64(locked); // modulo 2^64 (PROTOCOL §2.5)
            at.index = index + 1;
        }
        at.link = keccak256(abi.encode(at.link, leaf, index, at.cumLocked));
        if (terms.callbackGas() != 0) queue.links[index % EnigmaStorage.LINK_RING] = at.link;
        return terms.withOutcome(0, locked, index);
    }
}
