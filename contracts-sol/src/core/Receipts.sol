// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../interfaces/IReceipts.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {ReceiptProof} from "../libraries/ReceiptProof.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Proofs of receipts against the stored roots
abstract contract Receipts is IReceipts, EnigmaBase {
    /// @inheritdoc IReceipts
    function verifyReceipt(
        address secretContract,
        Receipt calldata receipt,
        bytes32[] calldata proof,
        uint256 position
    ) external view returns (uint8 status, bytes32 outputHash) {
        bytes32 root = ReceiptProof.rootOf(secretContract, receipt, proof);
        if (_isStored(secretContract, root, position)) return ReceiptProof.outcome(receipt, false);
        bytes32 failed = ReceiptProof.failedEntry(secretContract, root);
        if (_isStored(secretContract, failed, position)) return ReceiptProof.outcome(receipt, true);
        revert ReceiptNotFound(secretContract, root);
    }

    /// @inheritdoc IReceipts
    function anchorReceipts(address secretContract, uint256 position) external {
        bytes32 entry = position < EnigmaStorage.RECEIPT_RING
            ? _layout().queues[secretContract].receiptRoots[position]
            : bytes32(0);
        if (entry == 0) revert NothingToAnchor(secretContract, position);
        _layout().anchored[secretContract][entry] = true;
        emit ReceiptsAnchored(secretContract, entry);
    }

    function _isStored(address secretContract, bytes32 entry, uint256 position) private view returns (bool) {
        if (position < EnigmaStorage.RECEIPT_RING) {
            return _layout().queues[secretContract].receiptRoots[position] == entry;
        }
        return _layout().anchored[secretContract][entry];
    }
}
