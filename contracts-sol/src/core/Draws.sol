// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {EpochWord} from "../libraries/Words.sol";
import {Tags} from "../libraries/Tags.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title The lottery: which worker serves a contract in the epoch in force (PROTOCOL §5.3)
abstract contract Draws is EnigmaBase {
    using SumTree for mapping(uint256 => SumTree.Node);

    /// @return workerId of the draw in force, not read from the queue's cache
    function _draw(address secretContract, EpochWord state) internal view returns (uint256 workerId) {
        uint32 epoch = state.epoch();
        uint256 random = _random(secretContract, epoch, 0);
        unchecked {
            workerId = uint256(_layout().nodes.draw(state.treeDepth(), epoch, random)) + 1; // at most 2^24 leaves
        }
    }

    function _random(address secretContract, uint32 epoch, uint256 k) internal view returns (uint256) {
        bytes32 seed = _layout().epochs[epoch % EnigmaStorage.EPOCH_RING].seed;
        return uint256(QueueHash.four(Tags.DRAW, seed, uint160(secretContract), k));
    }
}
