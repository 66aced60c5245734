// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICredit} from "../interfaces/ICredit.sol";
import {IWorkers} from "../interfaces/IWorkers.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {WorkerWeights} from "./WorkerWeights.sol";

/// @title Stake of workers and their way in and out of the lottery
abstract contract Workers is WorkerWeights {
    using SafeERC20 for IERC20;

    /// @inheritdoc IWorkers
    function login(uint32 workerId) external {
        EnigmaStorage.Worker storage worker = _workerOfCaller(workerId);
        _requireWeightsOpen();
        uint32 epoch = _layout().epochWord.epoch();
        uint8 status = worker.identity.status();
        if (status != WorkerStatus.REGISTERED && status != WorkerStatus.JAILED) revert WrongStatus(workerId, status);
        if (epoch < worker.jailedUntilEpoch) revert StillJailed(worker.jailedUntilEpoch);
        if (worker.stakeGrains < _minStakeGrains) revert StakeTooLow(worker.stakeGrains, _minStakeGrains);
        uint256 expiryS = worker.identity.expiryS();
        if (expiryS <= block.timestamp) revert AttestationExpired(expiryS);
        _setStatus(workerId, WorkerStatus.LOGGED_IN);
        emit WorkerLoggedIn(workerId);
    }

    /// @inheritdoc IWorkers
    function logout(uint32 workerId) external {
        EnigmaStorage.Worker storage worker = _workerOfCaller(workerId);
        _requireWeightsOpen();
        if (worker.identity.status() != WorkerStatus.LOGGED_IN) revert WrongStatus(workerId, worker.identity.status());
        _setStatus(workerId, WorkerStatus.REGISTERED);
        emit WorkerLoggedOut(workerId);
    }

    /// @inheritdoc IWorkers
    function stake(uint32 workerId, uint256 amount) external whenIntakeOpen {
        EnigmaStorage.Worker storage worker = _workerOfStaker(workerId);
        if (worker.identity.status() == WorkerStatus.BANNED) revert WrongStatus(workerId, worker.identity.status());
        if (amount == 0 || amount > type(uint64).max) revert ICredit.AmountOutOfRange(amount);
        _requireWeightsOpen();
        _addStake(workerId, worker, amount);
        IERC20(address(_token)).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IWorkers
    function unbond(uint32 workerId, uint256 amount) external {
        EnigmaStorage.Worker storage worker = _workerOfStaker(workerId);
        if (amount == 0) revert ICredit.AmountOutOfRange(amount);
        uint256 active = worker.stakeGrains;
        if (amount > active) revert StakeTooLow(active, amount);
        _requireWeightsOpen();
        uint256 until = block.number + _unbondingBlocks;
        unchecked {
            worker.stakeGrains = uint64(active - amount);
            worker.unbondingGrains += uint64(amount); // together at most the supply
        }
        worker.unbondedAtBlock = uint64(until);
        emit Unbonding(workerId, amount, until);
        if (worker.identity.status() == WorkerStatus.LOGGED_IN && active - amount < _minStakeGrains) {
            _setStatus(workerId, WorkerStatus.REGISTERED);
            emit WorkerLoggedOut(workerId);
        } else {
            _syncWeight(workerId);
        }
    }

    /// @inheritdoc IWorkers
    function withdrawStake(uint32 workerId, address to) external {
        EnigmaStorage.Worker storage worker = _workerOfStaker(workerId);
        if (block.number < worker.unbondedAtBlock) revert StillUnbonding(worker.unbondedAtBlock);
        uint256 amount = worker.unbondingGrains;
        if (amount == 0) revert ICredit.AmountOutOfRange(amount);
        worker.unbondingGrains = 0;
        emit StakeWithdrawn(workerId, to, amount);
        IERC20(address(_token)).safeTransfer(to, amount);
    }

    /// @inheritdoc IWorkers
    function claimEarnings(uint32 workerId, bool addToStake) external {
        EnigmaStorage.Worker storage worker = _workerOfCaller(workerId);
        uint256 earned = worker.identity.earned();
        uint256 amount = _unclaimed(worker);
        worker.claimedGrains = uint56(earned);
        if (!addToStake) {
            _addCredit(worker.staker, amount);
        } else if (amount != 0) {
            if (worker.identity.status() == WorkerStatus.BANNED) revert WrongStatus(workerId, worker.identity.status());
            _requireWeightsOpen();
            _addStake(workerId, worker, amount);
        }
        emit EarningsClaimed(workerId, amount, addToStake);
    }

    /// @inheritdoc IWorkers
    function syncWeight(uint32 workerId) external {
        if (_layout().workers[workerId].identity.status() == WorkerStatus.NONE) revert UnknownWorker(workerId);
        _requireWeightsOpen();
        _syncWeight(workerId);
    }

    function _addStake(uint32 workerId, EnigmaStorage.Worker storage worker, uint256 amount) private {
        unchecked {
            worker.stakeGrains += uint64(amount); // at most the supply
        }
        emit Staked(workerId, amount, worker.stakeGrains);
        _syncWeight(workerId);
    }
}
