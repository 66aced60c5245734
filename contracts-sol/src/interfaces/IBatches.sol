// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecretContractAccount} from "./ISecretContractAccount.sol";

/// @title Batches: the results of a contract's tasks, as hashes, under one signature of the drawn worker's enclave
/// @notice A batch resolves the records `fromIndex .. toIndex - 1` of one contract. Its signed fields are those of
/// PROTOCOL §4.3. Grains are conserved exactly: fee + forfeited + refunds = what those records locked.
interface IBatches {
    /// @notice A token payment of a record, released in the ledger. @param token zero: ETH
    /// @param to the secret contract, or the sender when the task did not succeed @param amount in the token's unit
    struct Payout {
        address token;
        address to;
        uint128 amount;
    }

    /// @notice A record after the batch's last one: leads from its link to one that is stored.
    struct LaterRecord {
        bytes32 leaf;
        uint64 cumLockedGrains;
    }

    /// @param epoch in force @param fromIndex records committed so far @param toIndex one past the last of the batch
    /// @param previousLink link of the record before the last, @param leaf of the last, @param cumLockedGrains at it
    /// @param previousHead state head of the contract now @param newHead after the batch
    /// @param fallbackHead head if the callbacks fail; zero without callbacks
    /// @param receiptsRoot Merkle root of the receipt leaves
    /// @param feeGrains to the worker @param forfeitedGrains to the treasury, for missing inputs
    /// @param refunds words `user << 96 | grains` @param payouts of payable records @param missing their indexes
    /// @param callbacks of the last task, made by the contract's account in one frame, all or none
    /// @param validUntilBlock last block for the commit
    /// @param later records between the batch's last and a stored link; none when that link is stored
    /// @param signature 65 bytes of the worker's attested enclave key
    struct Batch {
        address secretContract;
        uint32 epoch;
        uint32 fromIndex;
        uint32 toIndex;
        bytes32 previousLink;
        bytes32 leaf;
        uint64 cumLockedGrains;
        bytes32 previousHead;
        bytes32 newHead;
        bytes32 fallbackHead;
        bytes32 receiptsRoot;
        uint64 feeGrains;
        uint64 forfeitedGrains;
        bytes32[] refunds;
        Payout[] payouts;
        uint32[] missing;
        ISecretContractAccount.Call[] callbacks;
        uint64 validUntilBlock;
        LaterRecord[] later;
        bytes signature;
    }

    /// @notice Records are resolved. @param secretContract whose @param workerId whose enclave signed
    /// @param fromIndex first @param toIndex one past the last @param receiptsRoot as signed
    /// @param head state head from now on @param callbacksFailed whether the callbacks were undone
    event BatchCommitted(
        address indexed secretContract,
        uint32 indexed workerId,
        uint32 fromIndex,
        uint32 toIndex,
        bytes32 receiptsRoot,
        bytes32 head,
        bool callbacksFailed
    );
    /// @notice One of several batches was skipped. @param position in the call @param code selector of its error
    event BatchRejected(address indexed secretContract, uint256 position, bytes4 code);
    /// @notice Gas ran out before the batch at `position`; those before it stand.
    event BatchesStopped(uint256 position);

    /// @notice Thrown for a batch of another epoch. @param epoch of the batch @param inForce the present one
    error WrongEpoch(uint32 epoch, uint32 inForce);
    /// @notice Thrown after the last block of a batch. @param validUntilBlock its last block
    error BatchExpired(uint64 validUntilBlock);
    /// @notice Thrown for a batch replayed, out of order, empty or beyond the queue.
    /// @param fromIndex @param toIndex of the batch @param committed @param submitted of the contract
    error IndexMismatch(uint32 fromIndex, uint32 toIndex, uint32 committed, uint32 submitted);
    /// @notice Thrown when the records are not those of the queue. @param index of the link @param link computed
    error LinkMismatch(uint256 index, bytes32 link);
    /// @notice Thrown when the batch builds on another state. @param previousHead of the batch @param head stored
    error HeadMismatch(bytes32 previousHead, bytes32 head);
    /// @notice Thrown when the signer is not the enclave of the drawn worker. @param signer recovered
    /// @param expected the drawn worker's enclave key
    error SignerNotDrawn(address signer, address expected);
    /// @notice Thrown when the drawn worker may not commit. @param workerId drawn @param status see IWorkers
    /// @param attestationExpiryS unix seconds
    error WorkerNotEligible(uint32 workerId, uint8 status, uint32 attestationExpiryS);
    /// @notice Thrown when grains would appear or vanish. @param distributed sum of fee, forfeited and refunds
    /// @param locked by the records
    error NotConserved(uint256 distributed, uint256 locked);
    /// @notice Thrown when payouts exceed what the contract's records paid. @param token which
    error PayoutTooLarge(address secretContract, address token, uint256 amount);
    /// @notice Thrown for a fallback head without callbacks.
    error FallbackWithoutCallbacks();
    /// @notice Thrown when a callback tries to commit.
    error CommitLocked();

    /// @notice Commits one batch; reverts with the reason when it is not valid. Anyone may carry it.
    function commitBatch(Batch calldata batch) external;

    /// @notice Commits several batches, each in its own frame: a bad one is skipped with `BatchRejected`.
    /// @param batches each `abi.encode(Batch)`
    /// @return committed how many
    function commitBatches(bytes[] calldata batches) external returns (uint256 committed);
}
