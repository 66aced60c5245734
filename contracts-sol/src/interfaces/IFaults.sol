// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Faults of workers, each shown by proof, with a reward for whoever shows it
interface IFaults {
    /// @notice What two signed batches of one enclave key have in common (PROTOCOL §4.3). In one schedule period the
    /// enclave gives one result for it, also after a crash.
    /// @param secretContract account address of the secret contract @param epoch in force when they were signed
    /// @param fromIndex first record @param toIndex one past the last record
    /// @param link of the last record (PROTOCOL §2.2)
    /// @param cumLockedGrains sum locked by it and all before it, modulo 2^64 @param previousHead state head before
    /// @param missingHash hash of the list of missing indexes
    struct Question {
        address secretContract;
        uint32 epoch;
        uint32 fromIndex;
        uint32 toIndex;
        bytes32 link;
        uint64 cumLockedGrains;
        bytes32 previousHead;
        bytes32 missingHash;
    }

    /// @notice The rest of a signed batch: the result, and until when it may be committed.
    /// @param newHead state head after @param fallbackHead state head when callbacks fail
    /// @param receiptsRoot Merkle root of the receipts @param feeGrains to the worker
    /// @param forfeitedGrains to the treasury @param refundsHash hash of the refunds
    /// @param payoutsHash hash of the payouts @param callbacksHash hash of the callbacks
    /// @param validUntilBlock last block for the commit @param r first half of the signature
    /// @param vs second half, in the short form of EIP-2098
    struct Answer {
        bytes32 newHead;
        bytes32 fallbackHead;
        bytes32 receiptsRoot;
        uint64 feeGrains;
        uint64 forfeitedGrains;
        bytes32 refundsHash;
        bytes32 payoutsHash;
        bytes32 callbacksHash;
        uint64 validUntilBlock;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A queue is watched: its worker must commit the oldest record, or do its share elsewhere, in this epoch.
    /// @param index of the oldest record @param requiredGrains fees it must earn from now on to be excused
    /// @param secretContract account address of the secret contract @param workerId the drawn worker
    event NoShowMarked(
        address indexed secretContract, uint32 indexed workerId, uint32 index, uint256 requiredGrains
    );
    /// @notice A worker lost stake. @param reason 1 no-show, 2 two results, 3 two keys @param slashed grains
    /// @param keeper who showed it @param reward grains of it credited to the keeper; the rest is the treasury's
    /// @param workerId who lost it
    event WorkerSlashed(
        uint32 indexed workerId, uint8 indexed reason, uint256 slashed, address indexed keeper, uint256 reward
    );

    /// @notice Thrown when a mark comes too late in the schedule. @param untilBlock last block for marks
    error TooLateToMark(uint256 untilBlock);
    /// @notice Thrown when the oldest record is marked already in this epoch. @param claimableAtBlock from which on
    error AlreadyMarked(uint256 claimableAtBlock);
    /// @notice Thrown when nothing waits in a queue.
    /// @param secretContract whose queue
    error QueueEmpty(address secretContract);
    /// @notice Thrown outside the last blocks of a schedule, in which alone a no-show can be claimed.
    /// @param fromBlock first @param untilBlock last block of that time
    error NotClaimTime(uint256 fromBlock, uint256 untilBlock);
    /// @notice Thrown without a mark of this epoch, or before it is old enough. @param claimableAtBlock 0: no mark
    error NotMarked(uint256 claimableAtBlock);
    /// @notice Thrown when the marked record is resolved. @param index of it
    error RecordResolved(uint256 index);
    /// @notice Thrown when the worker did its share. @param earnedGrains since the mark @param requiredGrains expected
    error ShareDone(uint256 earnedGrains, uint256 requiredGrains);
    /// @notice Thrown for a worker punished already for this epoch, or banned.
    /// @param workerId which worker
    error AlreadyPunished(uint256 workerId);
    /// @notice Thrown when two signatures are not of one worker's enclave key. @param a, b signers recovered
    error SignersDiffer(address a, address b);
    /// @notice Thrown when two signed statements do not contradict each other.
    error NoContradiction();

    /// @notice Notes that a queue waits, so that a no-show can be claimed at the end of the schedule. Not in its last
    /// `commitWindowBlocks`, when workers commit. Anyone may.
    /// @param secretContract account address of the secret contract
    function markNoShow(address secretContract) external;

    /// @notice In the last quarter of the commit window: the marked record is still uncommitted, at least
    /// `overdueBlocks` after the mark, and its worker has since earned less than the smaller of that queue's lock and
    /// its capacity at the lowest price. Small penalty, and jail.
    /// @param secretContract account address of the secret contract
    function claimNoShow(address secretContract) external;

    /// @notice Two different results for one question, signed by one enclave key. Large penalty, and a ban.
    /// @param question what both answer @param a one signed answer @param b another
    function proveEquivocation(Question calldata question, Answer calldata a, Answer calldata b) external;

    /// @notice Two key statements (PROTOCOL §7.6) of one enclave key for one contract and epoch, with different keys.
    /// Large penalty, and a ban.
    /// @param signatureA, signatureB 65 bytes each
    /// @param secretContract account address of the secret contract @param epoch of the statements
    /// @param keyA io key in the one statement @param keyB io key in the other
    function proveConflictingKeys(
        address secretContract,
        uint32 epoch,
        bytes32 keyA,
        bytes calldata signatureA,
        bytes32 keyB,
        bytes calldata signatureB
    ) external;
}
