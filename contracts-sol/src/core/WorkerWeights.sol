// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWorkers} from "../interfaces/IWorkers.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {EpochWord, IdentityWord} from "../libraries/Words.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title A worker's state and the weight that follows from it
abstract contract WorkerWeights is IWorkers, EnigmaBase {
    using SumTree for mapping(uint256 => SumTree.Node);

    /// Grains in one whole ENG, the unit of weights.
    uint256 private constant GRAINS_PER_ENG = 1e8;

    /// The worker, when the caller is its operator or staker.
    function _workerOfCaller(uint32 workerId) internal view returns (EnigmaStorage.Worker storage worker) {
        worker = _existing(workerId);
        if (msg.sender != worker.operator && msg.sender != worker.staker) revert NotAuthorized(msg.sender);
    }

    function _workerOfStaker(uint32 workerId) internal view returns (EnigmaStorage.Worker storage worker) {
        worker = _existing(workerId);
        if (msg.sender != worker.staker) revert NotAuthorized(msg.sender);
    }

    function _existing(uint32 workerId) internal view returns (EnigmaStorage.Worker storage worker) {
        worker = _layout().workers[workerId];
        if (worker.identity.status() == WorkerStatus.NONE) revert UnknownWorker(workerId);
    }

    /// Fees earned and not yet claimed. Both counters are modulo 2^56; their difference is below 2^54.
    function _unclaimed(EnigmaStorage.Worker storage worker) internal view returns (uint256) {
        unchecked {
            return uint56(worker.identity.earned() - worker.claimedGrains);
        }
    }

    /// Moves a worker to another state and its weight with it. Weights must be open.
    function _setStatus(uint32 workerId, uint8 status) internal {
        _setStatusOnly(workerId, status);
        _syncWeight(workerId);
    }

    /// Moves a worker to another state; its weight follows by `syncWeight` once weights are open.
    function _setStatusOnly(uint32 workerId, uint8 status) internal {
        EnigmaStorage.Layout storage $ = _layout();
        IdentityWord identity = $.workers[workerId].identity;
        $.workers[workerId].identity = identity.withStatus(status);
        bool was = identity.status() == WorkerStatus.LOGGED_IN;
        bool will = status == WorkerStatus.LOGGED_IN;
        if (was == will) return;
        EpochWord word = $.epochWord;
        uint256 active = word.activeCount();
        $.epochWord = word.withActiveCount(will ? active + 1 : active - 1);
    }

    /// Writes the weight a worker's state gives it, in force from the next epoch on.
    function _syncWeight(uint32 workerId) internal {
        EnigmaStorage.Layout storage $ = _layout();
        EnigmaStorage.Worker storage worker = $.workers[workerId];
        uint256 weight =
            worker.identity.status() == WorkerStatus.LOGGED_IN ? worker.stakeGrains / GRAINS_PER_ENG : 0;
        if ($.nodes.pendingWeightOf(workerId - 1) == weight) return;
        EpochWord word = $.epochWord;
        $.nodes.set(word.treeDepth(), workerId - 1, word.epoch(), weight);
        emit WeightChanged(workerId, weight);
    }
}
