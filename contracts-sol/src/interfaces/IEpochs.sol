// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Epochs
/// @notice Starts are scheduled at the block numbers divisible by the epoch length. An epoch is in force from the
/// transaction that opens it until the next one is opened; its number counts openings. Opening needs the beacon: the
/// key managers' BLS signature on the epoch's number and the hash of the last block before the scheduled start, so
/// that nobody can choose the seed. A start nobody opens within the opening window is skipped: the draw and the keys
/// in force stay. PROTOCOL §5.
interface IEpochs {
    /// @notice An epoch is in force. @param epoch its number @param seed keccak256 of the beacon
    /// @param scheduledStartBlock the start it was opened for @param keeper who opened it
    /// @param reward grains credited to the keeper
    event EpochOpened(
        uint32 indexed epoch, bytes32 seed, uint256 scheduledStartBlock, address indexed keeper, uint256 reward
    );

    /// @notice Thrown when no start waits to be opened at this block.
    /// @param scheduledStartBlock the latest scheduled start @param openedStartBlock the one opened last
    error NoEpochDue(uint256 scheduledStartBlock, uint256 openedStartBlock);
    /// @notice Thrown when the beacon is not the key managers' signature. @param epoch the epoch it should open
    error BeaconInvalid(uint32 epoch);
    /// @notice Thrown while weights must not move: a start is due and neither opened nor skipped.
    /// @param scheduledStartBlock the start that is due @param closedUntilBlock last block of the opening window
    error WeightsClosed(uint256 scheduledStartBlock, uint256 closedUntilBlock);

    /// @notice Opens the next epoch for the latest scheduled start. Anyone may; the keeper's reward is paid from the
    /// treasury as far as it lasts.
    /// @param beacon BLS signature in G1, 128 bytes in the encoding of EIP-2537, over the message of PROTOCOL §5.2
    function openEpoch(bytes calldata beacon) external;
}
