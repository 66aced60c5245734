// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWorkers} from "../interfaces/IWorkers.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {Tags} from "../libraries/Tags.sol";
import {WorkerStatus} from "../libraries/WorkerStatus.sol";
import {EpochWord} from "../libraries/Words.sol";
import {WorkerWeights} from "./WorkerWeights.sol";

/// @title Registration and attestation of workers
abstract contract Registration is WorkerWeights {
    using SumTree for mapping(uint256 => SumTree.Node);

    uint256 private constant ROLE_WORKER = 1;

    /// @inheritdoc IWorkers
    function register(address staker, address signer, bytes32 encryptionKey, bytes calldata quote)
        external
        whenIntakeOpen
        returns (uint32 workerId)
    {
        EnigmaStorage.Layout storage $ = _layout();
        if (staker == address(0)) revert ZeroKey();
        workerId = _newLeaf();
        _bindOperator(workerId, msg.sender);
        EnigmaStorage.Worker storage worker = $.workers[workerId];
        worker.identity = worker.identity.withStatus(WorkerStatus.REGISTERED);
        worker.staker = staker;
        emit WorkerRegistered(workerId, msg.sender, staker);
        _attest(workerId, worker, signer, encryptionKey, quote);
    }

    /// @inheritdoc IWorkers
    function renewAttestation(uint32 workerId, address signer, bytes32 encryptionKey, bytes calldata quote) external {
        EnigmaStorage.Worker storage worker = _existing(workerId);
        if (msg.sender != worker.operator) _takeOver(workerId, worker);
        if (worker.identity.status() == WorkerStatus.BANNED) revert WrongStatus(workerId, worker.identity.status());
        _attest(workerId, worker, signer, encryptionKey, quote);
    }

    /// @inheritdoc IWorkers
    function revokeAttestation(uint32 workerId) external {
        EnigmaStorage.Worker storage worker = _existing(workerId);
        if (_verifier.isAllowed(worker.measurement)) revert AttestationStillValid(workerId);
        worker.identity = worker.identity.withAttestation(worker.identity.signer(), 0);
        emit AttestationRevoked(workerId);
        if (worker.identity.status() == WorkerStatus.LOGGED_IN) {
            _setStatusOnly(workerId, WorkerStatus.REGISTERED);
            emit WorkerLoggedOut(workerId);
            (bool due,) = _isEpochDue(_layout().epochWord.scheduledStartBlock());
            if (!due) _syncWeight(workerId);
        }
    }

    /// @inheritdoc IWorkers
    function changeOperator(uint32 workerId, address operator) external {
        _workerOfStaker(workerId);
        if (operator == address(0)) revert ZeroKey();
        _layout().nominatedOperators[workerId] = operator;
        emit OperatorNominated(workerId, operator);
    }

    /// @inheritdoc IWorkers
    function unregister(uint32 workerId) external {
        EnigmaStorage.Worker storage worker = _workerOfCaller(workerId);
        uint8 status = worker.identity.status();
        if (status == WorkerStatus.LOGGED_IN || status == WorkerStatus.BANNED) revert WrongStatus(workerId, status);
        uint256 remaining = uint256(worker.stakeGrains) + worker.unbondingGrains + _unclaimed(worker);
        if (remaining != 0) revert NotEmpty(remaining);
        // A weight left in the tree would be drawn for ever, and nobody would be there to work.
        _requireWeightsOpen();
        _syncWeight(workerId);
        // Its enclave keys stay bound to the id: what they signed keeps its author.
        delete _layout().workerIdOfOperator[worker.operator];
        delete _layout().nominatedOperators[workerId];
        delete _layout().workers[workerId];
        emit WorkerUnregistered(workerId);
    }

    /// The caller becomes the operator, when the staker named it.
    function _takeOver(uint32 workerId, EnigmaStorage.Worker storage worker) private {
        if (msg.sender != _layout().nominatedOperators[workerId]) revert NotAuthorized(msg.sender);
        delete _layout().nominatedOperators[workerId];
        delete _layout().workerIdOfOperator[worker.operator];
        _bindOperator(workerId, msg.sender);
        emit OperatorChanged(workerId, msg.sender);
    }

    /// A leaf of weight 0 at the end of the tree. Leaves are never used twice, so no id has two lives.
    function _newLeaf() private returns (uint32 workerId) {
        EpochWord word = _layout().epochWord;
        uint256 count = word.workerCount();
        uint256 depth = _layout().nodes.grow(word.treeDepth(), count, word.epoch());
        if (count == type(uint24).max) revert TooManyWorkers();
        workerId = uint32(count + 1);
        _layout().epochWord = word.withTree(workerId, depth);
    }

    function _bindOperator(uint32 workerId, address operator) private {
        uint32 other = _layout().workerIdOfOperator[operator];
        if (other != 0) revert AlreadyRegistered(operator, other);
        _layout().workerIdOfOperator[operator] = workerId;
        _layout().workers[workerId].operator = operator;
    }

    /// Checks a quote over these keys for this worker's operator, and takes the keys. PROTOCOL §7.4.
    function _attest(
        uint32 workerId,
        EnigmaStorage.Worker storage worker,
        address signer,
        bytes32 encryptionKey,
        bytes calldata quote
    ) private {
        if (signer == address(0) || encryptionKey == 0) revert ZeroKey();
        uint32 owner = _layout().workerIdOfSigner[signer];
        if (owner != 0 && owner != workerId) revert AlreadyRegistered(signer, owner);
        bytes32 reportData = keccak256(
            abi.encode(
                Tags.REPORT,
                block.chainid,
                address(this),
                ROLE_WORKER,
                worker.operator,
                signer,
                encryptionKey,
                _trustHash
            )
        );
        (bytes32 measurement, uint256 expiryS) = _verifier.verify(quote, reportData);
        if (expiryS <= block.timestamp) revert AttestationExpired(expiryS);
        if (owner == 0) _layout().workerIdOfSigner[signer] = workerId;
        uint256 stored = expiryS < type(uint32).max ? expiryS : type(uint32).max;
        worker.identity = worker.identity.withAttestation(signer, stored);
        worker.encryptionKey = encryptionKey;
        worker.measurement = measurement;
        emit WorkerAttested(workerId, signer, encryptionKey, expiryS, quote);
    }
}
