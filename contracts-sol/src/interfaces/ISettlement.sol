// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "./IBatches.sol";

/// @title Settlement: the way out for records nobody committed in time; and proofs of records
interface ISettlement {
    /// @notice A record as its event told it.
    /// @param sender who asked @param inputsHash keccak256 of the sealed envelope
    /// @param terms the event's word: prices, flags, lockedGrains and index (PROTOCOL §2.5)
    /// @param place from bit 0 up: block number u64 | unix seconds u64
    struct Record {
        address sender;
        bytes32 inputsHash;
        uint256 terms;
        uint256 place;
    }

    /// @notice The payment of one of the records in a list. @param position in the list
    /// @param token zero: ETH @param amount in the token's unit
    struct RecordPayment {
        uint256 position;
        address token;
        uint128 amount;
    }

    /// @notice Records ended as Expired. @param fromIndex first @param toIndex one past the last
    /// @param keeper who settled @param reward grains credited to the keeper
    /// @param secretContract account address of the secret contract
    event RecordsSettled(
        address indexed secretContract, uint32 fromIndex, uint32 toIndex, address indexed keeper, uint256 reward
    );

    /// @notice Thrown for a record that may still be committed. @param index of the record
    /// @param expiresAtBlock first block in which it can be settled
    error NotExpired(uint256 index, uint256 expiresAtBlock);
    /// @notice Thrown when a record does not stand where the list has it. @param index it has @param expected place
    error RecordOutOfPlace(uint256 index, uint256 expected);
    /// @notice Thrown for an empty list.
    error NothingToSettle();
    /// @notice Thrown when a payment names no record of the list, or one twice. @param position given
    error PaymentOutOfPlace(uint256 position);

    /// @notice Ends the oldest uncommitted records of a contract; locked grains and payments go back to the senders,
    /// less the keeper's reward, which comes out of each record's base fee. Anyone may.
    /// @param previousLink link before the first @param records the oldest uncommitted ones, in order
    /// @param payments of those that brought one, ascending @param later records after the last, up to a stored link
    /// @param secretContract account address of the secret contract
    function settleExpired(
        address secretContract,
        bytes32 previousLink,
        Record[] calldata records,
        RecordPayment[] calldata payments,
        IBatches.LaterRecord[] calldata later
    ) external;

    /// @notice Whether a record ended as Expired by the settlement of `fromIndex .. toIndex - 1`, as its event told it. A
    /// resolved record is either in one such range or in one committed batch, whose receipt says how it ended.
    /// @param index of the record
    /// @param secretContract account address of the secret contract @param fromIndex first record of the settlement
    /// @param toIndex one past its last record @return whether that settlement ended it
    function isSettled(address secretContract, uint32 index, uint32 fromIndex, uint32 toIndex)
        external
        view
        returns (bool);

    /// @notice Proves that a record stands in a contract's queue; reverts when it does not.
    /// @param previousLink link before it @param cumLockedGrains sum locked at it
    /// @param payment that came with it; token and amount zero: none @param later records after it, up to a stored link
    /// @param secretContract account address of the secret contract @param record to be shown
    /// @return taskId its link @return resolved whether it is committed or settled
    function verifyRecord(
        address secretContract,
        bytes32 previousLink,
        Record calldata record,
        uint64 cumLockedGrains,
        RecordPayment calldata payment,
        IBatches.LaterRecord[] calldata later
    ) external view returns (bytes32 taskId, bool resolved);
}
