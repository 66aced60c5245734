// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IViews} from "../interfaces/IViews.sol";
import {IWorkers} from "../interfaces/IWorkers.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {EpochWord} from "../libraries/Words.sol";
import {Draws} from "./Draws.sol";

/// @title Views of epochs and workers, and the group draw
abstract contract WorkerViews is Draws {
    using SumTree for mapping(uint256 => SumTree.Node);

    /// @notice See IViews.
    function currentEpoch() external view returns (IViews.Epoch memory) {
        return epochAt(_layout().epochWord.epoch());
    }

    /// @notice See IViews.
    function epochAt(uint32 epoch) public view returns (IViews.Epoch memory) {
        EpochWord word = _layout().epochWord;
        EnigmaStorage.OpenedEpoch storage opened = _layout().epochs[epoch % EnigmaStorage.EPOCH_RING];
        if (opened.epoch != epoch) return IViews.Epoch(0, 0, 0, 0, 0);
        uint256 weight = epoch == word.epoch() ? _layout().nodes.total(word.treeDepth(), epoch) : 0;
        return IViews.Epoch(epoch, opened.openedAtBlock, opened.scheduledStartBlock, opened.seed, weight);
    }

    /// @notice See IViews.
    function drawnWorker(address secretContract) external view returns (uint32) {
        return uint32(_draw(secretContract, _layout().epochWord));
    }

    /// @notice See IViews.
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

    /// @notice See IViews.
    function workerOf(uint32 workerId) public view returns (IWorkers.Worker memory) {
        EnigmaStorage.Worker storage w = _layout().workers[workerId];
        uint256 unclaimed;
        unchecked {
            unclaimed = w.identity.earned() - w.claimedGrains; // modulo 2^56
        }
        return IWorkers.Worker(
            w.identity.signer(),
            uint32(w.identity.expiryS()),
            w.identity.status(),
            uint56(unclaimed),
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

    /// @notice See IViews.
    function workersFrom(uint32 first, uint256 count) external view returns (IWorkers.Worker[] memory page) {
        uint256 end = _layout().epochWord.workerCount() + 1;
        uint256 size = first >= end ? 0 : end - first;
        if (size > count) size = count;
        page = new IWorkers.Worker[](size);
        for (uint256 i = 0; i < size; ++i) {
            page[i] = workerOf(uint32(first + i));
        }
    }

    /// @notice See IViews.
    function workerIdOfOperator(address operator) external view returns (uint32) {
        return _layout().workerIdOfOperator[operator];
    }

    /// @notice See IViews.
    function workerIdOfSigner(address signer) external view returns (uint32) {
        return _layout().workerIdOfSigner[signer];
    }

    /// @notice See IViews.
    function nominatedOperator(uint32 workerId) external view returns (address) {
        return _layout().nominatedOperators[workerId];
    }

    /// @notice See IViews.
    function workerCount() external view returns (uint32) {
        return uint32(_layout().epochWord.workerCount());
    }

    /// @notice See IViews.
    function weightOf(uint32 workerId) external view returns (uint256 inForce, uint256 pending) {
        if (workerId == 0) return (0, 0);
        mapping(uint256 => SumTree.Node) storage nodes = _layout().nodes;
        return (nodes.weightOf(workerId - 1, _layout().epochWord.epoch()), nodes.pendingWeightOf(workerId - 1));
    }
}
