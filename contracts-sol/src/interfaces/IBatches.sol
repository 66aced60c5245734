// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Batches: the results of a contract's tasks, as hashes, under one signature of the drawn worker's enclave
/// @notice A batch resolves the records `fromIndex .. toIndex - 1` of one contract. Its signed fields are those of
/// PROTOCOL §4.3. Grains are conserved exactly: fee + forfeited + refunds = what those records locked.
interface IBatches {
    /// @notice A token payment of a record, released in the ledger. @param token zero: ETH
    /// @param to the secret contract, or the sender when the task did not succeed @param amount in the token's unit
    /// @param fallbackTo whose it is instead if the batch's callbacks fail: the sender, for the task that makes them; zero
    /// for every other task, whose outcome does not depend on them
    struct Payout {
        address token;
        address to;
        uint128 amount;
        address fallbackTo;
    }

    /// @notice A record after the batch's last one: leads from its link to one that is stored.
    /// @param leaf hash of the record (PROTOCOL §2.1)
    /// @param cumLockedGrains sum locked by it and all before it, modulo 2^64
    struct LaterRecord {
        bytes32 leaf;
        uint64 cumLockedGrains;
    }

    /// @notice What most batches do not have.
    /// @param payouts of payable records @param missing indexes of records whose inputs did not arrive, ascending
    /// @param callbacks of the last task, made by the contract's account in one frame, all or none; packed, as
    /// `ISecretContractAccount.perform` takes them
    /// @param later records between the batch's last and a stored link; none when that link is stored
    struct Extras {
        Payout[] payouts;
        uint32[] missing;
        bytes callbacks;
        LaterRecord[] later;
    }

    /// @notice A signed batch. The first twelve words are those of the signed struct in its order, with `previousLink`
    /// where the struct has the link of the last record, which the chain computes from `previousLink` and `leaf`.
    /// @param epoch in force @param fromIndex records committed so far @param toIndex one past the last of the batch
    /// @param previousLink link of the record before the last @param cumLockedGrains at the last
    /// @param previousHead state head of the contract now @param newHead after the batch
    /// @param fallbackHead head if the callbacks fail; zero without callbacks
    /// @param receiptsRoot Merkle root of the receipt leaves
    /// @param feeGrains to the worker @param forfeitedGrains to the treasury, for missing inputs and engine faults
    /// @param leaf of the last record @param validUntilBlock last block for the commit
    /// @param r, vs signature of the worker's attested enclave key, in the short form of EIP-2098
    /// @param refunds words `user << 96 | grains` @param extras none for a plain batch, else one
    /// @param secretContract account address of the secret contract
    struct Batch {
        address secretContract;
        uint32 epoch;
        uint32 fromIndex;
        uint32 toIndex;
        bytes32 previousLink;
        uint64 cumLockedGrains;
        bytes32 previousHead;
        bytes32 newHead;
        bytes32 fallbackHead;
        bytes32 receiptsRoot;
        uint64 feeGrains;
        uint64 forfeitedGrains;
        bytes32 leaf;
        uint64 validUntilBlock;
        bytes32 r;
        bytes32 vs;
        bytes32[] refunds;
        Extras[] extras;
    }

    /// @notice Records are resolved. @param secretContract whose @param receiptsRoot as signed
    /// @param head state head from now on
    /// @param info one word, from bit 0 up: fromIndex u32 | toIndex u32 | workerId u24 | callbacks failed u8
    event BatchCommitted(address indexed secretContract, bytes32 receiptsRoot, bytes32 head, uint256 info);
    /// @notice One of several batches was skipped. @param position in the call @param code selector of its error
    /// @param secretContract account address of the secret contract
    event BatchRejected(address indexed secretContract, uint256 position, bytes4 code);
    /// @notice Gas ran out before the batch at `position`; those before it stand.
    /// @param position of the first batch that was not tried
    event BatchesStopped(uint256 position);

    /// @notice Thrown for a batch of another epoch. @param epoch of the batch @param inForce the present one
    error WrongEpoch(uint256 epoch, uint256 inForce);
    /// @notice Thrown after a batch's last block, or when that is not before the next scheduled start.
    /// @param validUntilBlock its last block
    error BatchNotValidNow(uint256 validUntilBlock);
    /// @notice Thrown for a batch replayed, out of order, empty or beyond the queue.
    /// @param fromIndex @param toIndex of the batch @param committed @param submitted of the contract
    error IndexMismatch(uint256 fromIndex, uint256 toIndex, uint256 committed, uint256 submitted);
    /// @notice Thrown when the records are not those of the queue. @param index of the link @param link computed
    error LinkMismatch(uint256 index, bytes32 link);
    /// @notice Thrown when the batch builds on another state. @param previousHead of the batch @param head stored
    error HeadMismatch(bytes32 previousHead, bytes32 head);
    /// @notice Thrown when the signer is not the enclave of the drawn worker. @param signer recovered
    /// @param expected the drawn worker's enclave key
    error SignerNotDrawn(address signer, address expected);
    /// @notice Thrown when the drawn worker may not commit. @param workerId drawn @param status see IWorkers
    /// @param attestationExpiryS unix seconds
    error WorkerNotEligible(uint256 workerId, uint8 status, uint256 attestationExpiryS);
    /// @notice Thrown when grains would appear or vanish. @param distributed sum of fee, forfeited and refunds
    /// @param locked by the records
    error NotConserved(uint256 distributed, uint256 locked);
    /// @notice Thrown when payouts exceed what the contract's records paid. @param token which
    /// @param secretContract whose records @param amount asked for, in the token's unit
    error PayoutTooLarge(address secretContract, address token, uint256 amount);
    /// @notice Thrown for more than one `extras`.
    error TooManyExtras();
    /// @notice Thrown for a fallback head without callbacks.
    error FallbackWithoutCallbacks();
    /// @notice Thrown when a callback tries to commit.
    error CommitLocked();

    /// @notice Commits one batch; reverts with the reason when it is not valid. Anyone may carry it.
    /// @param batch signed by the drawn worker's enclave
    function commitBatch(Batch calldata batch) external;

    /// @notice Commits several batches, each in its own frame: a bad one is skipped with `BatchRejected`.
    /// @param batches each `abi.encode(Batch)`
    /// @return committed how many
    function commitBatches(bytes[] calldata batches) external returns (uint256 committed);
}
