// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IViews} from "../interfaces/IViews.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {Ring} from "../libraries/Ring.sol";
import {AccountWord, QueueWord} from "../libraries/Words.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Views of queues and accounts
abstract contract QueueViews is EnigmaBase {
    using Ring for bytes32[32];

    /// @notice See IViews.
    function accountImplementation() external view returns (address) {
        return _layout().accountImplementation;
    }

    /// @notice See IViews.
    function queueOf(address secretContract) external view returns (IViews.Queue memory) {
        EnigmaStorage.Queue storage q = _layout().queues[secretContract];
        QueueWord w = q.counters;
        return IViews.Queue(
            uint32(w.submitted()),
            uint32(w.committed()),
            uint64(w.cumLocked()),
            uint64(w.cumCommitted()),
            uint32(w.drawEpoch()),
            uint24(w.drawnWorker()),
            uint8(w.batchSequence()),
            q.head
        );
    }

    /// @notice See IViews.
    function linkAt(address secretContract, uint256 position) external view returns (bytes32) {
        return _layout().queues[secretContract].links.get(position);
    }

    /// @notice See IViews.
    function receiptsAt(address secretContract, uint256 position) external view returns (bytes32) {
        return _layout().queues[secretContract].receiptRoots.get(position);
    }

    /// @notice See IViews.
    function treasury() external view returns (uint256) {
        return _layout().epochWord.treasury();
    }

    /// @notice See IViews.
    function orderNonces(address signer) external view returns (uint256 base, uint64 used) {
        AccountWord word = _layout().accounts[signer].word;
        return (word.nonceBase(), uint64(word.nonceWindow()));
    }

    /// @notice See IViews.
    function isResolved(address secretContract, uint32 index) external view returns (bool) {
        return index < _layout().queues[secretContract].counters.committed();
    }

    /// @notice The domain of typed signatures (ERC-5267).
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", "Enigma", "1", block.chainid, address(this), 0, new uint256[](0));
    }
}
