// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFaults} from "../interfaces/IFaults.sol";
import {BatchHash} from "../libraries/BatchHash.sol";
import {Tags} from "../libraries/Tags.sol";
import {Slashing} from "./Slashing.sol";

/// @title Contradictions, shown by two signatures of one enclave key
abstract contract Contradictions is Slashing {
    /// @notice See IFaults.
    function proveEquivocation(
        IFaults.Question calldata question,
        IFaults.Answer calldata a,
        IFaults.Answer calldata b
    ) external {
        // In another schedule period other records may be expired: only one period's answers must agree.
        if (a.validUntilBlock / _epochLengthBlocks != b.validUntilBlock / _epochLengthBlocks) {
            revert IFaults.NoContradiction();
        }
        if (_resultHash(a) == _resultHash(b)) revert IFaults.NoContradiction();
        address signerA = ECDSA.recover(_digest(question, a), a.r, a.vs);
        address signerB = ECDSA.recover(_digest(question, b), b.r, b.vs);
        _ban(_workerOf(signerA, signerB), TWO_RESULTS);
    }

    /// @notice See IFaults.
    function proveConflictingKeys(
        address secretContract,
        uint32 epoch,
        bytes32 keyA,
        bytes calldata signatureA,
        bytes32 keyB,
        bytes calldata signatureB
    ) external {
        if (keyA == keyB) revert IFaults.NoContradiction();
        address signerA = ECDSA.recoverCalldata(_statement(secretContract, epoch, keyA), signatureA);
        address signerB = ECDSA.recoverCalldata(_statement(secretContract, epoch, keyB), signatureB);
        _ban(_workerOf(signerA, signerB), TWO_KEYS);
    }

    function _workerOf(address signerA, address signerB) private view returns (uint32 workerId) {
        if (signerA != signerB) revert IFaults.SignersDiffer(signerA, signerB);
        workerId = _layout().workerIdOfSigner[signerA];
    }

    function _statement(address secretContract, uint32 epoch, bytes32 key) private view returns (bytes32) {
        return keccak256(abi.encode(Tags.KEY_STATEMENT, block.chainid, address(this), secretContract, epoch, key));
    }

    /// All of an answer but until when it holds.
    function _resultHash(IFaults.Answer calldata a) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                a.newHead,
                a.fallbackHead,
                a.receiptsRoot,
                a.feeGrains,
                a.forfeitedGrains,
                a.refundsHash,
                a.payoutsHash,
                a.callbacksHash
            )
        );
    }

    /// The digest the enclave signed (PROTOCOL §4.3): the struct's 18 words in two halves, for the stack's sake.
    function _digest(IFaults.Question calldata q, IFaults.Answer calldata a) private view returns (bytes32) {
        bytes memory head = abi.encode(
            BatchHash.TYPE_HASH,
            q.secretContract,
            q.epoch,
            q.fromIndex,
            q.toIndex,
            q.link,
            q.cumLockedGrains,
            q.previousHead
        );
        bytes memory tail = abi.encode(
            a.newHead,
            a.fallbackHead,
            a.receiptsRoot,
            a.feeGrains,
            a.forfeitedGrains,
            a.refundsHash,
            a.payoutsHash,
            q.missingHash,
            a.callbacksHash,
            a.validUntilBlock
        );
        return _hashTypedData(keccak256(bytes.concat(head, tail)));
    }
}
