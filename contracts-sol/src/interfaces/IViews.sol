// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernance} from "./IGovernance.sol";
import {IWorkers} from "./IWorkers.sol";

/// @title What clients, workers and explorers ask; nothing here costs more than O(log workers) or a page
interface IViews {
    /// @param epoch in force, 0 before the first @param openedAtBlock when @param scheduledStartBlock for which start
    /// @param seed of its draws @param totalWeight whole ENG in force
    struct Epoch {
        uint32 epoch;
        uint64 openedAtBlock;
        uint64 scheduledStartBlock;
        bytes32 seed;
        uint256 totalWeight;
    }

    /// @param submitted records ever @param committed resolved ones @param cumLockedGrains at the last record
    /// @param cumCommittedGrains at the last resolved one @param drawEpoch of the last committed batch
    /// @param drawnWorker of that batch @param batches number of the next batch modulo 32 @param head state head
    struct Queue {
        uint32 submitted;
        uint32 committed;
        uint64 cumLockedGrains;
        uint64 cumCommittedGrains;
        uint32 drawEpoch;
        uint24 drawnWorker;
        uint8 batches;
        bytes32 head;
    }

    /// @notice Every parameter of the implementation in force.
    function parameters() external view returns (IGovernance.Parameters memory);

    /// @notice What the account of every secret contract delegates to; part of the preimage of their addresses.
    function accountImplementation() external view returns (address);

    /// @notice The epoch in force.
    function currentEpoch() external view returns (Epoch memory);

    /// @notice One of the last 64 epochs. Its total weight is only given for the one in force, else 0.
    function epochAt(uint32 epoch) external view returns (Epoch memory);

    function queueOf(address secretContract) external view returns (Queue memory);

    /// @notice A stored link of a contract; zero when that position was never written.
    function linkAt(address secretContract, uint256 position) external view returns (bytes32);

    /// @notice The stored receipts entry at a ring position (PROTOCOL §4.4).
    function receiptsAt(address secretContract, uint256 position) external view returns (bytes32);

    /// @notice Whether a record is committed or settled. @param index of the record
    function isResolved(address secretContract, uint32 index) external view returns (bool);

    /// @notice The worker drawn for a contract in the epoch in force.
    function drawnWorker(address secretContract) external view returns (uint32 workerId);

    /// @notice `size` (at most 8) distinct workers for a contract in the epoch in force, the first the drawn one.
    function drawnGroup(address secretContract, uint256 size) external view returns (uint32[] memory workerIds);

    function workerOf(uint32 workerId) external view returns (IWorkers.Worker memory);

    /// @notice Workers by id from `first` on, at most `count`; fewer at the end.
    function workersFrom(uint32 first, uint256 count) external view returns (IWorkers.Worker[] memory);

    function workerIdOfOperator(address operator) external view returns (uint32);

    /// @notice Also of former keys of a worker.
    function workerIdOfSigner(address signer) external view returns (uint32);

    /// @notice Who becomes operator of a worker by attesting for it; zero: nobody.
    function nominatedOperator(uint32 workerId) external view returns (address);

    function workerCount() external view returns (uint32);

    /// @notice Whole ENG. @return inForce in the present epoch @return pending from the next on
    function weightOf(uint32 workerId) external view returns (uint256 inForce, uint256 pending);

    /// @notice Grains that pay keepers.
    function treasury() external view returns (uint256);

    /// @notice Lowest usable order nonce of a signer, and the used ones above it as bits (bit i: base + i).
    function orderNonces(address signer) external view returns (uint256 base, uint64 used);
}
