// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFaults} from "../interfaces/IFaults.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {EpochWord, QueueWord} from "../libraries/Words.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {Draws} from "./Draws.sol";
import {Slashing} from "./Slashing.sol";

/// @title No-shows: a drawn worker that leaves a queue alone
/// @notice In two steps, because a commit stores no account of work done: a mark notes what the worker had earned and
/// which record waits; at the end of the schedule the claim compares.
abstract contract NoShows is Slashing, Draws {
    /// @notice See IFaults.
    function markNoShow(address secretContract) external {
        EnigmaStorage.Layout storage $ = _layout();
        QueueWord queue = $.queues[secretContract].counters;
        uint256 index = queue.committed();
        if (index == queue.submitted()) revert IFaults.QueueEmpty(secretContract);
        uint256 lastBlock = _scheduledStart() + _epochLengthBlocks - _commitWindowBlocks - 1;
        if (block.number > lastBlock) revert IFaults.TooLateToMark(lastBlock);

        EpochWord state = $.epochWord;
        _requireUnmarked(secretContract, state.epoch(), index);
        uint32 workerId = uint32(_draw(secretContract, state));
        uint256 backlog;
        unchecked {
            backlog = uint64(queue.cumLocked() - queue.cumCommitted()); // modulo 2^64 (PROTOCOL §2.5)
        }
        uint256 capacity = _capacityGas * _minGasPriceGrains;
        uint256 required = backlog < capacity ? backlog : capacity;
        $.noShowMarks[secretContract] = EnigmaStorage.NoShowMark({
            epoch: state.epoch(),
            workerId: uint24(workerId),
            atBlock: uint48(block.number),
            index: uint32(index),
            earnedGrains: uint56($.workers[workerId].identity.earned()),
            requiredGrains: uint64(required)
        });
        emit IFaults.NoShowMarked(secretContract, workerId, uint32(index), required);
    }

    /// @notice See IFaults.
    function claimNoShow(address secretContract) external {
        EnigmaStorage.Layout storage $ = _layout();
        EnigmaStorage.NoShowMark memory mark = $.noShowMarks[secretContract];
        uint32 epoch = $.epochWord.epoch();
        if (mark.epoch != epoch || mark.atBlock == 0) revert IFaults.NotMarked(0);
        uint256 claimableAtBlock = mark.atBlock + _overdueBlocks;
        if (block.number < claimableAtBlock) revert IFaults.NotMarked(claimableAtBlock);
        _requireClaimTime();
        if ($.queues[secretContract].counters.committed() > mark.index) revert IFaults.RecordResolved(mark.index);

        EnigmaStorage.Worker storage worker = $.workers[mark.workerId];
        uint256 earned;
        unchecked {
            earned = uint56(worker.identity.earned() - mark.earnedGrains); // modulo 2^56
        }
        if (earned >= mark.requiredGrains) revert IFaults.ShareDone(earned, mark.requiredGrains);
        uint8 status = worker.identity.status();
        bool gone = status == WorkerStatus.NONE || status == WorkerStatus.BANNED;
        if (gone || worker.punishedEpoch == epoch) revert IFaults.AlreadyPunished(mark.workerId);
        _jail(mark.workerId, epoch);
    }

    /// A mark stands until its record is resolved: a silent worker would renew it until it is too late for a claim.
    function _requireUnmarked(address secretContract, uint256 epoch, uint256 index) private view {
        EnigmaStorage.NoShowMark storage mark = _layout().noShowMarks[secretContract];
        if (mark.atBlock != 0 && mark.epoch == epoch && mark.index == index) {
            revert IFaults.AlreadyMarked(mark.atBlock + _overdueBlocks);
        }
    }

    /// The last quarter of the commit window before the next scheduled start.
    function _requireClaimTime() private view {
        uint256 untilBlock = _scheduledStart() + _epochLengthBlocks - 1;
        uint256 fromBlock = untilBlock + 1 - (_commitWindowBlocks + 3) / 4;
        if (block.number < fromBlock) revert IFaults.NotClaimTime(fromBlock, untilBlock);
    }
}
