// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ICredit} from "../interfaces/ICredit.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {Tags} from "../libraries/Tags.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Task records: single, group, deployment
abstract contract Records is ITasks, EnigmaBase {
    using TaskTerms for uint256;

    uint256 internal constant MAX_QUEUE = 2_048;

    /// What a leaf holds beside its sender and terms.
    struct Extras {
        uint256 flags;
        address token;
        uint256 amount;
    }

    /// @inheritdoc ITasks
    function recordTask(address secretContract, bytes32 inputsHash, uint256 terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        return _record(secretContract, msg.sender, inputsHash, terms, Extras(0, address(0), 0));
    }

    /// @inheritdoc ITasks
    function recordTaskWithInputs(address secretContract, bytes calldata inputs, uint256 terms)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        Extras memory extras = Extras(TaskTerms.INLINE_INPUTS, address(0), 0);
        return _record(secretContract, msg.sender, keccak256(inputs), terms, extras);
    }

    /// @inheritdoc ITasks
    function recordDeployment(bytes32 codeHash, bytes32 userSalt, bytes32 inputsHash, uint256 terms)
        external
        whenIntakeOpen
        returns (address secretContract)
    {
        secretContract = Clones.cloneDeterministicWithImmutableArgs(
            _layout().accountImplementation,
            abi.encodePacked(codeHash, msg.sender),
            _accountSalt(msg.sender, codeHash, userSalt)
        );
        emit DeploymentRecorded(secretContract, msg.sender, codeHash, userSalt);
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        bytes32 genesis = keccak256(abi.encode(Tags.QUEUE, block.chainid, address(this), secretContract));
        _append(queue, 0, 0, genesis, secretContract, msg.sender, inputsHash, terms, Extras(TaskTerms.DEPLOYMENT, address(0), 0));
    }

    /// @inheritdoc ITasks
    function secretContractAddress(address deployer, bytes32 codeHash, bytes32 userSalt)
        external
        view
        returns (address)
    {
        return Clones.predictDeterministicAddressWithImmutableArgs(
            _layout().accountImplementation,
            abi.encodePacked(codeHash, deployer),
            _accountSalt(deployer, codeHash, userSalt)
        );
    }

    function _accountSalt(address deployer, bytes32 codeHash, bytes32 userSalt) private pure returns (bytes32) {
        return keccak256(abi.encode(Tags.SALT, deployer, codeHash, userSalt));
    }

    /// Appends one record to an existing queue.
    function _record(address secretContract, address sender, bytes32 inputsHash, uint256 terms, Extras memory extras)
        internal
        returns (bytes32)
    {
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        uint256 index = queue.submitted;
        if (index == 0) revert UnknownContract(secretContract);
        unchecked {
            if (index - queue.committed >= MAX_QUEUE) revert QueueFull(secretContract); // committed <= submitted
            bytes32 previous = queue.links[(index - 1) % EnigmaStorage.LINK_RING];
            return
                _append(queue, index, queue.cumLocked, previous, secretContract, sender, inputsHash, terms, extras);
        }
    }

    function _append(
        EnigmaStorage.Queue storage queue,
        uint256 index,
        uint64 cumLocked,
        bytes32 previous,
        address secretContract,
        address sender,
        bytes32 inputsHash,
        uint256 terms,
        Extras memory extras
    ) private returns (bytes32 link) {
        terms.validate(_minGasLimit, _minGasPriceGrains, _minCallbackPriceGrains);
        uint256 locked = terms.lockOf(_baseFeeGrains);
        _takeCredit(sender, locked);
        unchecked {
            cumLocked += uint64(locked); // modulo 2^64 (PROTOCOL §2.5)
            queue.submitted = uint32(index + 1);
        }
        queue.cumLocked = cumLocked;
        link = keccak256(abi.encode(previous, _leaf(sender, inputsHash, terms, extras), index, cumLocked));
        queue.links[index % EnigmaStorage.LINK_RING] = link;
        emit TaskRecorded(secretContract, sender, inputsHash, terms.withOutcome(extras.flags, locked, index));
    }

    function _leaf(address sender, bytes32 inputsHash, uint256 terms, Extras memory extras)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                Tags.LEAF,
                sender,
                inputsHash,
                terms.gasLimit(),
                terms.gasPrice(),
                terms.callbackGas(),
                terms.callbackPrice(),
                extras.flags,
                extras.token,
                extras.amount,
                block.number,
                block.timestamp
            )
        );
    }
}
