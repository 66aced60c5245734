// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title EIP-712 struct hash of a batch (PROTOCOL §4.3)
library BatchHash {
    bytes32 internal constant TYPE_HASH = keccak256(
        "Batch(address secretContract,uint32 epoch,uint32 fromIndex,uint32 toIndex,bytes32 link,uint64 cumLockedGrains,bytes32 previousHead,bytes32 newHead,bytes32 fallbackHead,bytes32 receiptsRoot,uint64 feeGrains,uint64 forfeitedGrains,bytes32 refundsHash,bytes32 payoutsHash,bytes32 missingHash,bytes32 callbacksHash,uint64 validUntilBlock)"
    );
    /// Hash of an empty list.
    bytes32 private constant EMPTY = keccak256("");

    /// @param link of the batch's last record, as computed from the queue
    function structHash(IBatches.Batch calldata b, bytes32 link) internal pure returns (bytes32) {
        // Two halves: one abi.encode of 18 words would exceed the stack.
        bytes memory first = abi.encode(
            TYPE_HASH,
            b.secretContract,
            b.epoch,
            b.fromIndex,
            b.toIndex,
            link,
            b.cumLockedGrains,
            b.previousHead,
            b.newHead,
            b.fallbackHead,
            b.receiptsRoot
        );
        bytes memory second = abi.encode(
            b.feeGrains,
            b.forfeitedGrains,
            keccak256(abi.encodePacked(b.refunds)),
            payoutsHash(b.payouts),
            b.missing.length == 0 ? EMPTY : keccak256(abi.encodePacked(b.missing)),
            callbacksHash(b.callbacks),
            b.validUntilBlock
        );
        return keccak256(bytes.concat(first, second));
    }

    function payoutsHash(IBatches.Payout[] calldata payouts) internal pure returns (bytes32) {
        uint256 count = payouts.length;
        if (count == 0) return EMPTY;
        bytes32[] memory list = new bytes32[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            list[3 * i] = bytes32(uint256(uint160(payouts[i].token)));
            list[3 * i + 1] = bytes32(uint256(uint160(payouts[i].to)));
            list[3 * i + 2] = bytes32(uint256(payouts[i].amount));
        }
        return keccak256(abi.encodePacked(list));
    }

    function callbacksHash(ISecretContractAccount.Call[] calldata calls) internal pure returns (bytes32) {
        uint256 count = calls.length;
        if (count == 0) return EMPTY;
        bytes32[] memory list = new bytes32[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            list[3 * i] = bytes32(uint256(uint160(calls[i].target)));
            list[3 * i + 1] = bytes32(uint256(calls[i].gasLimit));
            list[3 * i + 2] = keccak256(calls[i].data);
        }
        return keccak256(abi.encodePacked(list));
    }
}
