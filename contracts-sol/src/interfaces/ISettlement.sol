// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Settlement: the way out for records nobody committed in time
interface ISettlement {
    /// @notice A record's whole preimage (PROTOCOL §2.1) and the sum locked at it.
    struct Record {
        address sender;
        bytes32 inputsHash;
        uint64 gasLimit;
        uint64 gasPriceGrains;
        uint64 callbackGas;
        uint64 callbackPriceGrains;
        uint8 flags;
        address token;
        uint128 amount;
        uint64 blockNumber;
        uint64 timestampS;
        uint64 cumLockedGrains;
    }

    /// @notice Records ended as Expired. @param fromIndex first @param toIndex one past the last
    /// @param keeper who settled @param reward grains credited to the keeper
    event RecordsSettled(
        address indexed secretContract, uint32 fromIndex, uint32 toIndex, address indexed keeper, uint256 reward
    );

    /// @notice Thrown for a record that may still be committed. @param index of the record
    /// @param expiresAtBlock first block in which it can be settled
    error NotExpired(uint256 index, uint256 expiresAtBlock);
    /// @notice Thrown for an empty list, or one beyond the queue. @param count of records given
    error SettleCountInvalid(uint256 count);

    /// @notice Ends the oldest uncommitted records of a contract; locked grains and payments go back to the senders,
    /// less the keeper's reward, which comes out of each record's base fee. Anyone may.
    /// @param records the oldest uncommitted records, in order
    /// @param later records between the last of them and a stored link
    function settleExpired(address secretContract, Record[] calldata records, SettleLater[] calldata later) external;

    /// @notice As IBatches.LaterRecord.
    struct SettleLater {
        bytes32 leaf;
        uint64 cumLockedGrains;
    }
}
