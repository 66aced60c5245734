// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFaults} from "../interfaces/IFaults.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {WorkerWeights} from "./WorkerWeights.sol";

/// @title What a fault costs
/// @dev The draw in force never moves: a slash changes the pending weight only, and while weights are closed not even
/// that, until anyone calls `syncWeight`. A banned worker's signatures stop counting at once.
abstract contract Slashing is WorkerWeights {
    uint8 internal constant NO_SHOW = 1;
    uint8 internal constant TWO_RESULTS = 2;
    uint8 internal constant TWO_KEYS = 3;

    /// Small penalty, and out of the lottery for some epochs.
    function _jail(uint32 workerId, uint32 epoch) internal {
        EnigmaStorage.Worker storage worker = _layout().workers[workerId];
        uint256 stake = worker.stakeGrains;
        uint256 penalty = _noShowPenaltyGrains < stake ? _noShowPenaltyGrains : stake;
        unchecked {
            worker.stakeGrains = uint64(stake - penalty); // penalty <= stake
        }
        worker.punishedEpoch = epoch;
        worker.jailedUntilEpoch = uint32(epoch + 1 + _jailEpochs);
        if (worker.identity.status() == WorkerStatus.LOGGED_IN) _setStatusOnly(workerId, WorkerStatus.JAILED);
        _afterSlash(workerId, NO_SHOW, penalty);
    }

    /// Large penalty on all that is staked or leaving, and out for ever.
    function _ban(uint32 workerId, uint8 reason) internal {
        EnigmaStorage.Worker storage worker = _existing(workerId);
        if (worker.identity.status() == WorkerStatus.BANNED) revert IFaults.AlreadyPunished(workerId);
        uint256 stake = worker.stakeGrains;
        uint256 unbonding = worker.unbondingGrains;
        uint256 ofStake = stake * _equivocationSlashBps / BPS;
        uint256 ofUnbonding = unbonding * _equivocationSlashBps / BPS;
        unchecked {
            worker.stakeGrains = uint64(stake - ofStake); // a share of it
            worker.unbondingGrains = uint64(unbonding - ofUnbonding);
        }
        _setStatusOnly(workerId, WorkerStatus.BANNED);
        _afterSlash(workerId, reason, ofStake + ofUnbonding);
    }

    function _afterSlash(uint32 workerId, uint8 reason, uint256 slashed) private {
        uint256 reward = slashed * _proofRewardBps / BPS;
        _addTreasury(slashed - reward);
        if (reward != 0) _addCredit(msg.sender, reward);
        emit IFaults.WorkerSlashed(workerId, reason, slashed, msg.sender, reward);
        (bool due,) = _isEpochDue(_layout().epochWord.scheduledStartBlock());
        if (!due) _syncWeight(workerId);
    }
}
