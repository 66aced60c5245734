// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "./SumTree.sol";
import {AccountWord, EpochWord, IdentityWord, QueueWord} from "./Words.sol";

/// @title Enigma's storage, one ERC-7201 namespace
/// @notice Enclaves check storage proofs of members 0 to 4, so these never move (PROTOCOL §5.5 and
/// `packages/protocol/src/storage-layout.ts`). New members are added at the end.
library EnigmaStorage {
    /// @dev keccak256(abi.encode(uint256(keccak256("enigma.storage.Enigma")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 internal constant LOCATION = 0x65429d7c715444570407ee3f4479c10c40afcc87cba17b111c0ae3437fa77500;

    /// Newest links of a contract kept in storage: link i at position i mod 32.
    uint256 internal constant LINK_RING = 32;
    /// Newest receipt roots of a contract kept in storage: batch b at position b mod 32.
    uint256 internal constant RECEIPT_RING = 32;
    /// Newest epochs kept in storage: epoch n at position n mod 64.
    uint256 internal constant EPOCH_RING = 64;

    struct OpenedEpoch {
        uint32 epoch;
        uint48 openedAtBlock;
        uint48 scheduledStartBlock;
        bytes32 seed;
    }

    struct Queue {
        QueueWord counters;
        bytes32 head;
        bytes32[LINK_RING] links;
        bytes32[RECEIPT_RING] receiptRoots;
    }

    /// Word 0 is everything a commit reads and writes of its worker.
    struct Worker {
        IdentityWord identity;
        address operator;
        uint32 jailedUntilEpoch;
        uint32 punishedEpoch;
        bytes32 encryptionKey;
        address staker;
        uint64 stakeGrains;
        uint56 claimedGrains;
        uint64 unbondingGrains;
        uint64 unbondedAtBlock;
        bytes32 measurement;
    }

    struct Account {
        AccountWord word;
    }

    /// One word: that a queue waited, and what its worker had earned then.
    struct NoShowMark {
        uint32 epoch;
        uint24 workerId;
        uint48 atBlock;
        uint32 index;
        uint56 earnedGrains;
        uint64 requiredGrains;
    }

    struct Layout {
        EpochWord epochWord;
        mapping(uint256 position => OpenedEpoch) epochs;
        mapping(address secretContract => Queue) queues;
        mapping(uint256 workerId => Worker) workers;
        mapping(uint256 treeNodeKey => SumTree.Node) nodes;
        mapping(address account => Account) accounts;
        mapping(address operator => uint32 workerId) workerIdOfOperator;
        mapping(address signer => uint32 workerId) workerIdOfSigner;
        address accountImplementation;
        mapping(address secretContract => mapping(address token => uint256 amount)) pendingPayments;
        mapping(address owner => mapping(address token => uint256 amount)) ledger;
        mapping(address secretContract => mapping(bytes32 entry => bool)) anchored;
        mapping(address secretContract => NoShowMark) noShowMarks;
        mapping(uint256 workerId => address) nominatedOperators;
        mapping(address secretContract => mapping(uint256 range => bool)) settled;
    }

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := LOCATION
        }
    }
}
