// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {Tags} from "./Tags.sol";

/// @title Proof that a task ended as a receipt says (PROTOCOL §4.1, §4.4)
/// @notice For contracts that want a result without a callback: they ask `IReceipts.verifyReceipt`, which uses this.
/// @dev A leaf is the hash of ten words and an inner node that of two, so neither passes for the other.
library ReceiptProof {
    uint8 internal constant SUCCESS = 1;
    uint8 internal constant CALLBACK_FAILED = 3;

    /// @notice Root that a receipt and its siblings lead to.
    function rootOf(address secretContract, IReceipts.Receipt calldata receipt, bytes32[] calldata proof)
        internal
        pure
        returns (bytes32)
    {
        return MerkleProof.processProofCalldata(proof, leafOf(secretContract, receipt));
    }

    function leafOf(address secretContract, IReceipts.Receipt calldata r) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                Tags.RECEIPT,
                secretContract,
                r.index,
                r.taskId,
                r.status,
                r.gasClass,
                r.feeGrains,
                r.outputHash,
                r.fallbackOutputHash,
                r.headAfter
            )
        );
    }

    /// @notice What the ring holds for a batch whose callbacks failed.
    /// @dev Three words, so that no proof leads to it: an inner node is the hash of two.
    function failedEntry(address secretContract, bytes32 root) internal pure returns (bytes32) {
        return keccak256(abi.encode(Tags.CALLBACK_FAILED, secretContract, root));
    }

    /// @notice The outcome that holds, given whether the batch's callbacks failed. Only a task with callbacks, always
    /// the last of its batch, has a fallback output.
    function outcome(IReceipts.Receipt calldata receipt, bool callbacksFailed)
        internal
        pure
        returns (uint8 status, bytes32 outputHash)
    {
        if (callbacksFailed && receipt.fallbackOutputHash != 0) return (CALLBACK_FAILED, receipt.fallbackOutputHash);
        return (receipt.status, receipt.outputHash);
    }
}
