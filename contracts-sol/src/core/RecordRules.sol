// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {Ring} from "../libraries/Ring.sol";
import {Tags} from "../libraries/Tags.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {QueueWord} from "../libraries/Words.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title What every kind of record has in common: the lock, the leaf, the link
abstract contract RecordRules is EnigmaBase {
    using TaskTerms for uint256;
    using Ring for bytes32[32];

    /// @dev Records a queue may hold uncommitted.
    uint256 internal constant MAX_QUEUE = 2_048;

    /// Locks the sender's grains and appends one record to an existing queue.
    function _record(address secretContract, address sender, bytes32 inputsHash, uint256 terms, uint256 flags, address token, uint256 amount)
        internal
        returns (bytes32)
    {
        uint256 recorded = _recorded(terms, flags);
        _takeCredit(sender, recorded.locked());
        return _chain(secretContract, sender, inputsHash, recorded, token, amount);
    }

    function _lockOf(uint256 terms) internal view returns (uint256) {
        return terms.lockOf(_baseFeeGrains, _minGasLimit, _minGasPriceGrains, _minCallbackPriceGrains);
    }

    /// Terms from calldata, with flags and what they lock: the event's word but for the index.
    function _recorded(uint256 terms, uint256 flags) internal view returns (uint256) {
        return terms.withOutcome(flags, _lockOf(terms), 0);
    }

    /// Appends one record, its grains already taken, to an existing queue.
    function _chain(address secretContract, address sender, bytes32 inputsHash, uint256 recorded, address token, uint256 amount)
        internal
        returns (bytes32)
    {
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        QueueWord word = queue.counters;
        uint256 index = word.submitted();
        if (index == 0) revert ITasks.UnknownContract(secretContract);
        unchecked {
            if (index - word.committed() >= MAX_QUEUE) revert ITasks.QueueFull(secretContract); // committed <= submitted
            bytes32 previous = queue.links.get(index - 1);
            return _append(queue, secretContract, word, previous, sender, inputsHash, recorded, token, amount);
        }
    }

    function _append(
        EnigmaStorage.Queue storage queue,
        address secretContract,
        QueueWord word,
        bytes32 previous,
        address sender,
        bytes32 inputsHash,
        uint256 recorded,
        address token,
        uint256 amount
    ) internal returns (bytes32 link) {
        uint256 index = word.submitted();
        unchecked {
            uint256 cumLocked = uint64(word.cumLocked() + recorded.locked()); // modulo 2^64 (PROTOCOL §2.5)
            queue.counters = word.withSubmitted(index + 1, cumLocked);
            bytes32 leaf = QueueHash.leaf(sender, inputsHash, recorded, recorded.flags(), token, amount);
            link = QueueHash.four(previous, leaf, index, cumLocked);
        }
        queue.links.set(index, link);
        _announce(secretContract, sender, inputsHash, recorded | index << 208);
    }

    /// Emits `TaskRecorded`. In assembly, because every task pays for it: the compiler's encoder takes 90 gas more.
    function _announce(address secretContract, address sender, bytes32 inputsHash, uint256 recorded) private {
        bytes32 topic = ITasks.TaskRecorded.selector;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, sender)
            mstore(add(words, 0x20), inputsHash)
            mstore(add(words, 0x40), recorded)
            log2(words, 0x60, topic, secretContract)
        }
    }

    function _accountSalt(address deployer, bytes32 codeHash, bytes32 userSalt) internal pure returns (bytes32) {
        return QueueHash.four(Tags.SALT, bytes32(uint256(uint160(deployer))), uint256(codeHash), uint256(userSalt));
    }
}
