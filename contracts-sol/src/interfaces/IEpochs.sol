// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Epochs and the lottery
/// @notice Epoch n is scheduled to start at block `anchorBlock + (n - anchorEpoch) * epochBlocks`. It is in force from
/// the transaction that opens it until the next one is opened. Opening needs the beacon: the key managers' BLS
/// signature on the epoch and the hash of the last block before the scheduled start. An epoch nobody opens within
/// `openWindow` blocks is skipped: the draw and the keys in force stay.
interface IEpochs {
    /// @notice An epoch is in force. @param epoch its number @param seed keccak256 of the beacon
    /// @param startBlock scheduled @param keeper who opened it @param reward grains credited to the keeper
    event EpochOpened(
        uint32 indexed epoch, bytes32 seed, uint256 startBlock, address indexed keeper, uint256 reward, bytes beacon
    );

    /// @notice Thrown when the epoch is not the one due now.
    /// @param epoch asked for @param due the epoch whose opening window holds the present block, 0 if none
    error EpochNotDue(uint32 epoch, uint32 due);
    /// @notice Thrown for a second opening. @param epoch in force already
    error EpochAlreadyOpen(uint32 epoch);
    /// @notice Thrown when the beacon is not the key managers' signature. @param epoch asked for
    error BeaconInvalid(uint32 epoch);

    /// @notice Puts the due epoch in force. Anyone may call it; the reward is paid from the treasury while it lasts.
    /// @param epoch number of the due epoch
    /// @param beacon BLS signature in G1, 128 bytes in the encoding of EIP-2537, over PROTOCOL's beacon message
    function openEpoch(uint32 epoch, bytes calldata beacon) external;
}
