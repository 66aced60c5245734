// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISettlement} from "./ISettlement.sol";

/// @title Faults of workers, each shown by proof, with a reward for whoever shows it
interface IFaults {
    /// @notice Signed fields of a batch, lists as their hashes (PROTOCOL §4.3), and the enclave's signature.
    struct SignedDigest {
        uint32 epoch;
        uint32 fromIndex;
        uint64 cumLockedGrains;
        bytes32 newHead;
        bytes32 fallbackHead;
        bytes32 receiptsRoot;
        uint64 feeGrains;
        uint64 forfeitedGrains;
        bytes32 refundsHash;
        bytes32 payoutsHash;
        bytes32 callbacksHash;
        uint64 validUntilBlock;
        bytes signature;
    }

    /// @notice A worker lost stake. @param reason 1 no-show, 2 equivocation @param slashed grains
    /// @param keeper who showed it @param reward grains of it credited to the keeper, the rest to the treasury
    event WorkerSlashed(
        uint32 indexed workerId, uint8 indexed reason, uint256 slashed, address indexed keeper, uint256 reward
    );

    /// @notice Thrown outside the last blocks of an epoch, in which alone a no-show can be claimed.
    /// @param fromBlock first @param untilBlock last block of that time
    error NotClaimTime(uint256 fromBlock, uint256 untilBlock);
    /// @notice Thrown when the oldest record is not overdue. @param overdueAtBlock first block it is
    error NotOverdue(uint256 overdueAtBlock);
    /// @notice Thrown when the worker did its share. @param doneGas committed this epoch @param dueGas expected
    error CapacityReached(uint256 doneGas, uint256 dueGas);
    /// @notice Thrown for a worker claimed already this epoch, or already banned.
    error AlreadyPunished(uint32 workerId);
    /// @notice Thrown when two batches do not contradict each other.
    error NoContradiction();

    /// @notice Shows that the drawn worker left a queue alone: its oldest uncommitted record is overdue and the epoch
    /// is about to end. Small penalty, and jail.
    /// @param first the oldest uncommitted record @param previousLink link before it
    /// @param later the records from the next one up to a stored link
    function claimNoShow(
        address secretContract,
        bytes32 previousLink,
        ISettlement.Record calldata first,
        ISettlement.SettleLater[] calldata later
    ) external;

    /// @notice Shows two different results of one enclave key for the same contract, previous head, link and missing
    /// set. Large penalty, and a ban.
    function proveEquivocation(
        address secretContract,
        bytes32 link,
        uint32 toIndex,
        bytes32 previousHead,
        bytes32 missingHash,
        SignedDigest calldata a,
        SignedDigest calldata b
    ) external;

    /// @notice Shows two key statements of one enclave key with different keys for the same contract and epoch.
    /// Large penalty, and a ban.
    function proveConflictingKeys(
        address secretContract,
        uint32 epoch,
        bytes32 keyA,
        bytes calldata signatureA,
        bytes32 keyB,
        bytes calldata signatureB
    ) external;
}
