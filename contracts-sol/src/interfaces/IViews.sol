// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernance} from "./IGovernance.sol";
import {IWorkers} from "./IWorkers.sol";

/// @title What clients, workers and explorers ask; nothing here costs more than O(log workers) or a page
interface IViews {
    /// @notice An epoch.
    /// @param epoch in force, 0 before the first @param openedAtBlock when @param scheduledStartBlock for which start
    /// @param seed of its draws @param totalWeight whole ENG in force
    struct Epoch {
        uint32 epoch;
        uint64 openedAtBlock;
        uint64 scheduledStartBlock;
        bytes32 seed;
        uint256 totalWeight;
    }

    /// @notice Counters and state head of a contract.
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
    /// @return as given at construction
    function parameters() external view returns (IGovernance.Parameters memory);

    /// @notice What the account of every secret contract delegates to; part of the preimage of their addresses.
    /// @return address of the code
    function accountImplementation() external view returns (address);

    /// @notice The epoch in force.
    /// @return all zero before the first
    function currentEpoch() external view returns (Epoch memory);

    /// @notice One of the last 64 epochs. Its total weight is only given for the one in force, else 0.
    /// @param epoch its number @return all zero when it is not among them
    function epochAt(uint32 epoch) external view returns (Epoch memory);

    /// @notice A contract's counters and state head.
    /// @param secretContract account address of the secret contract @return all zero for an unknown contract
    function queueOf(address secretContract) external view returns (Queue memory);

    /// @notice A stored link of a contract; zero when that position was never written.
    /// @param secretContract account address of the secret contract @param position of the ring, taken modulo 32
    /// @return the link (PROTOCOL §2.2)
    function linkAt(address secretContract, uint256 position) external view returns (bytes32);

    /// @notice The stored receipts entry at a ring position (PROTOCOL §4.4).
    /// @param secretContract account address of the secret contract @param position of the ring, taken modulo 32
    /// @return the root or failed entry; zero when never written
    function receiptsAt(address secretContract, uint256 position) external view returns (bytes32);

    /// @notice Whether a record is committed or settled. @param index of the record
    /// @param secretContract account address of the secret contract @return whether it is
    function isResolved(address secretContract, uint32 index) external view returns (bool);

    /// @notice The worker drawn for a contract in the epoch in force.
    /// @param secretContract account address of the secret contract @return workerId from 1
    function drawnWorker(address secretContract) external view returns (uint32 workerId);

    /// @notice `size` (at most 8) distinct workers for a contract in the epoch in force, the first the drawn one.
    /// @param secretContract account address of the secret contract @param size number of workers
    /// @return workerIds in the order drawn
    function drawnGroup(address secretContract, uint256 size) external view returns (uint32[] memory workerIds);

    /// @notice A worker's public record.
    /// @param workerId which worker @return all zero for an unknown worker
    function workerOf(uint32 workerId) external view returns (IWorkers.Worker memory);

    /// @notice Workers by id from `first` on, at most `count`; fewer at the end.
    /// @param first id to begin with @param count most to give @return in the order of their ids
    function workersFrom(uint32 first, uint256 count) external view returns (IWorkers.Worker[] memory);

    /// @notice The worker of an operator.
    /// @param operator whose worker @return its worker's id; 0: none
    function workerIdOfOperator(address operator) external view returns (uint32);

    /// @notice Also of former keys of a worker.
    /// @param signer enclave key @return its worker's id; 0: none
    function workerIdOfSigner(address signer) external view returns (uint32);

    /// @notice Who becomes operator of a worker by attesting for it; zero: nobody.
    /// @param workerId which worker @return its address
    function nominatedOperator(uint32 workerId) external view returns (address);

    /// @notice How many workers were ever registered; ids count from 1.
    /// @return the highest id
    function workerCount() external view returns (uint32);

    /// @notice Whole ENG. @return inForce in the present epoch @return pending from the next on
    /// @param workerId which worker
    function weightOf(uint32 workerId) external view returns (uint256 inForce, uint256 pending);

    /// @notice Grains that pay keepers.
    /// @return grains
    function treasury() external view returns (uint256);

    /// @notice Lowest usable order nonce of a signer, and the used ones above it as bits (bit i: base + i).
    /// @param signer of the orders @return base lowest usable nonce @return used bit i: base + i is used or cancelled
    function orderNonces(address signer) external view returns (uint256 base, uint64 used);
}
