// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEpochs} from "../interfaces/IEpochs.sol";
import {BLS12381} from "../libraries/BLS12381.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {EpochWord} from "../libraries/Words.sol";
import {Tags} from "../libraries/Tags.sol";
import {BeaconKey} from "./GroupKeys.sol";

/// @title Opening of epochs
abstract contract Epochs is IEpochs, BeaconKey {
    bytes private constant BEACON_DST = "ENIGMA-V1-BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_";

    /// @inheritdoc IEpochs
    function openEpoch(bytes calldata beacon) external {
        EpochWord word = _layout().epochWord;
        uint256 openedStart = word.scheduledStartBlock();
        (bool due, uint256 start) = _isEpochDue(openedStart);
        if (!due) revert NoEpochDue(start, openedStart);
        uint32 epoch = word.epoch() + 1;
        bytes memory message = abi.encode(Tags.BEACON, block.chainid, address(this), epoch, blockhash(start - 1));
        if (!BLS12381.verify(_beaconKey(), message, BEACON_DST, beacon)) revert BeaconInvalid(epoch);

        bytes32 seed = keccak256(beacon);
        _layout().epochWord = word.withEpoch(epoch, block.number, start);
        _layout().epochs[epoch % EnigmaStorage.EPOCH_RING] =
            EnigmaStorage.OpenedEpoch(epoch, uint48(block.number), uint48(start), seed);
        uint256 reward = _payKeeper(_openRewardGrains);
        emit EpochOpened(epoch, seed, start, msg.sender, reward);
    }
}
