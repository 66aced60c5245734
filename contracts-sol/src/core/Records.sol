// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {Tags} from "../libraries/Tags.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {QueueWord} from "../libraries/Words.sol";
import {RecordRules} from "./RecordRules.sol";

/// @title Single records and deployments
abstract contract Records is RecordRules {
    /// @notice See ITasks.
    function recordTask(address secretContract, bytes32 inputsHash, uint256 terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        return _record(secretContract, msg.sender, inputsHash, terms, 0, address(0), 0);
    }

    /// @notice See ITasks.
    function recordDeployment(bytes32 codeHash, bytes32 userSalt, bytes32 inputsHash, uint256 terms)
        external
        whenIntakeOpen
        returns (address secretContract)
    {
        secretContract = Clones.cloneDeterministic(_accountImplementation(), _accountSalt(msg.sender, codeHash, userSalt));
        emit ITasks.DeploymentRecorded(secretContract, msg.sender, codeHash, userSalt);
        bytes32 genesis =
            QueueHash.four(Tags.QUEUE, bytes32(block.chainid), uint160(address(this)), uint160(secretContract));
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        uint256 recorded = _recorded(terms, TaskTerms.DEPLOYMENT);
        _takeCredit(msg.sender, TaskTerms.locked(recorded));
        _append(queue, secretContract, QueueWord.wrap(0), genesis, msg.sender, inputsHash, recorded, address(0), 0);
    }
}

/// @title Records with their inputs in calldata
abstract contract InlineRecords is RecordRules {
    /// @notice See ITasks.
    function recordTaskWithInputs(address secretContract, bytes calldata inputs, uint256 terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        return _record(secretContract, msg.sender, keccak256(inputs), terms, TaskTerms.INLINE_INPUTS, address(0), 0);
    }
}
