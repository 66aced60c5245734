// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {OrderHash} from "../libraries/OrderHash.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {EpochWord} from "../libraries/Words.sol";
import {OrderNonces} from "./OrderNonces.sol";
import {RecordRules} from "./RecordRules.sol";

/// @title Relayed orders: signed by one, recorded by another
abstract contract Orders is RecordRules, OrderNonces {
    /// @notice See ITasks.
    function recordOrder(ITasks.Order calldata order, address signer, bytes calldata signature)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        if (block.number > order.expiryBlock) revert ITasks.OrderExpired(order.expiryBlock);
        _requireKeyEpoch(order.keyEpoch);
        bytes32 digest = _hashTypedData(OrderHash.structHash(order));
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) {
            revert ITasks.OrderSignatureInvalid(signer);
        }
        _useNonce(signer, order.nonce);
        if (order.relayerFeeGrains != 0) {
            _takeCredit(signer, order.relayerFeeGrains);
            _addCredit(msg.sender, order.relayerFeeGrains);
        }
        uint256 terms = _terms(order);
        return _record(
            order.secretContract, signer, order.inputsHash, terms, TaskTerms.RELAYED, address(0), 0
        );
    }

    /// A field above its bits would change its neighbour, and is above the lock's bound anyway.
    function _terms(ITasks.Order calldata order) private pure returns (uint256) {
        if (
            order.gasLimit > type(uint48).max || order.gasPriceGrains > type(uint40).max
                || order.callbackGas > type(uint32).max || order.callbackPriceGrains > type(uint40).max
        ) revert ITasks.LockTooLarge(type(uint256).max);
        return TaskTerms.pack(
            uint48(order.gasLimit),
            uint40(order.gasPriceGrains),
            uint32(order.callbackGas),
            uint40(order.callbackPriceGrains)
        );
    }

    /// The worker would answer StaleKey for another epoch than the record's or the one before (PROTOCOL §3.4).
    function _requireKeyEpoch(uint32 keyEpoch) private view {
        EpochWord word = _layout().epochWord;
        uint256 epoch = word.epoch();
        // A record in the very block of an opening belongs to the epoch before (§3.3).
        if (epoch != 0 && word.openedAtBlock() == block.number) --epoch;
        if (keyEpoch > epoch || uint256(keyEpoch) + 1 < epoch) revert ITasks.OrderKeyEpochStale(keyEpoch, uint32(epoch));
    }
}
