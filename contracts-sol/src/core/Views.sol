// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IViews} from "../interfaces/IViews.sol";
import {IWorkers} from "../interfaces/IWorkers.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {AccountWord, EpochWord, QueueWord} from "../libraries/Words.sol";
import {Draws} from "./Draws.sol";

/// @title Views, and the group draw
abstract contract Views is IViews, Draws {
    using SumTree for mapping(uint256 => SumTree.Node);

    /// @inheritdoc IViews
    function accountImplementation() external view returns (address) {
        return _layout().accountImplementation;
    }

    /// @inheritdoc IViews
    function currentEpoch() external view returns (Epoch memory) {
        return epochAt(_layout().epochWord.epoch());
    }

    /// @inheritdoc IViews
    function epochAt(uint32 epoch) public view returns (Epoch memory) {
        EpochWord word = _layout().epochWord;
        EnigmaStorage.OpenedEpoch storage opened = _layout().epochs[epoch % EnigmaStorage.EPOCH_RING];
        if (opened.epoch != epoch) return Epoch(0, 0, 0, 0, 0);
        uint256 weight = epoch == word.epoch() ? _layout().nodes.total(word.treeDepth(), epoch) : 0;
        return Epoch(epoch, opened.openedAtBlock, opened.scheduledStartBlock, opened.seed, weight);
    }

    /// @inheritdoc IViews
    function queueOf(address secretContract) external view returns (Queue memory) {
        EnigmaStorage.Queue storage q = _layout().queues[secretContract];
        QueueWord w = q.counters;
        return Queue(
            uint32(w.submitted()),
            uint32(w.committed()),
            uint64(w.cumLocked()),
            uint64(w.cumCommitted()),
            uint32(w.drawEpoch()),
            uint24(w.drawnWorker()),
            uint8(w.batchSequence()),
            q.head
        );
    }

    /// @inheritdoc IViews
    function linkAt(address secretContract, uint256 position) external view returns (bytes32) {
        return _layout().queues[secretContract].links[position];
    }

    /// @inheritdoc IViews
    function receiptsAt(address secretContract, uint256 position) external view returns (bytes32) {
        return _layout().queues[secretContract].receiptRoots[position];
    }

    /// @inheritdoc IViews
    function drawnWorker(address secretContract) external view returns (uint32) {
        return uint32(_draw(secretContract, _layout().epochWord));
    }

    /// @inheritdoc IViews
    function drawnGroup(address secretContract, uint256 size) external view returns (uint32[] memory workerIds) {
        EpochWord word = _layout().epochWord;
        if (size > SumTree.MAX_GROUP) revert SumTree.GroupSizeOutOfRange(size);
        uint256[] memory randoms = new uint256[](size);
        for (uint256 k = 0; k < size; ++k) {
            randoms[k] = _random(secretContract, word.epoch(), k);
        }
        workerIds = _layout().nodes.drawDistinct(word.treeDepth(), word.epoch(), randoms);
        for (uint256 k = 0; k < size; ++k) {
            ++workerIds[k];
        }
    }

    /// @inheritdoc IViews
    function workerOf(uint32 workerId) public view returns (IWorkers.Worker memory) {
        EnigmaStorage.Worker storage w = _layout().workers[workerId];
        return IWorkers.Worker(
            w.identity.signer(),
            uint32(w.identity.expiryS()),
            w.identity.status(),
            uint56(w.identity.earnings()),
            w.operator,
            w.encryptionKey,
            w.staker,
            w.stakeGrains,
            w.unbondingGrains,
            w.unbondedAtBlock,
            w.jailedUntilEpoch,
            w.measurement
        );
    }

    /// @inheritdoc IViews
    function workersFrom(uint32 first, uint256 count) external view returns (IWorkers.Worker[] memory page) {
        uint256 end = _layout().epochWord.workerCount() + 1;
        uint256 size = first >= end ? 0 : end - first;
        if (size > count) size = count;
        page = new IWorkers.Worker[](size);
        for (uint256 i = 0; i < size; ++i) {
            page[i] = workerOf(uint32(first + i));
        }
    }

    /// @inheritdoc IViews
    function workerIdOfOperator(address operator) external view returns (uint32) {
        return _layout().workerIdOfOperator[operator];
    }

    /// @inheritdoc IViews
    function workerIdOfSigner(address signer) external view returns (uint32) {
        return _layout().workerIdOfSigner[signer];
    }

    /// @inheritdoc IViews
    function workerCount() external view returns (uint32) {
        return uint32(_layout().epochWord.workerCount());
    }

    /// @inheritdoc IViews
    function weightOf(uint32 workerId) external view returns (uint256 inForce, uint256 pending) {
        if (workerId == 0) return (0, 0);
        mapping(uint256 => SumTree.Node) storage nodes = _layout().nodes;
        return (nodes.weightOf(workerId - 1, _layout().epochWord.epoch()), nodes.pendingWeightOf(workerId - 1));
    }

    /// @inheritdoc IViews
    function treasury() external view returns (uint256) {
        return _layout().epochWord.treasury();
    }

    /// @inheritdoc IViews
    function orderNonces(address signer) external view returns (uint256 base, uint64 used) {
        AccountWord word = _layout().accounts[signer].word;
        return (word.nonceBase(), uint64(word.nonceWindow()));
    }
}
