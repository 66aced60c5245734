// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
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
        _requireSigned(signer, _hashTypedData(OrderHash.structHash(order)), signature);
        uint256 recorded = _recorded(_terms(order), TaskTerms.RELAYED);
        uint256 fee = order.relayerFeeGrains;
        unchecked {
            _useNonce(signer, order.nonce, TaskTerms.locked(recorded) + fee); // 40 and 64 bits
        }
        if (fee != 0) _addCredit(msg.sender, fee);
        return _chain(order.secretContract, signer, order.inputsHash, recorded, address(0), 0);
    }

    /// A key's signature counts whether its account has code or not: its holder can put code there, and take it away
    /// (EIP-7702). Only if it is not the key's is the account asked (ERC-1271).
    function _requireSigned(address signer, bytes32 digest, bytes calldata signature) private view {
        (address recovered,,) = ECDSA.tryRecoverCalldata(digest, signature); // zero when it is none
        if (recovered == signer && recovered != address(0)) return;
        bool valid = signer.code.length != 0
            && SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
        if (!valid) revert ITasks.OrderSignatureInvalid(signer);
    }

    /// A field above its bits would change its neighbour, and is above the lock's bound anyway. Raw words, so that bits
    /// above the fields' types are refused here, too.
    function _terms(ITasks.Order calldata order) private pure returns (uint256 terms) {
        uint256 excess;
        assembly ("memory-safe") {
            let gasLimit := calldataload(add(order, 0x40))
            let gasPrice := calldataload(add(order, 0x60))
            let callbackGas := calldataload(add(order, 0x80))
            let callbackPrice := calldataload(add(order, 0xa0))
            excess := or(or(shr(48, gasLimit), shr(40, gasPrice)), or(shr(32, callbackGas), shr(40, callbackPrice)))
            terms := or(or(gasLimit, shl(48, gasPrice)), or(shl(88, callbackGas), shl(120, callbackPrice)))
        }
        if (excess != 0) revert ITasks.LockTooLarge(type(uint256).max);
    }

    /// The worker would answer StaleKey for another epoch than the record's or the one before (PROTOCOL §3.4).
    function _requireKeyEpoch(uint256 keyEpoch) private view {
        EpochWord word = _layout().epochWord;
        uint256 epoch = word.epoch();
        unchecked {
            // A record in the very block of an opening belongs to the epoch before (§3.3).
            if (word.openedAtBlock() == block.number && epoch != 0) --epoch;
            // Above 1 also when the key's epoch is the later one, for then the difference wraps.
            if (epoch - keyEpoch > 1) revert ITasks.OrderKeyEpochStale(uint32(keyEpoch), uint32(epoch));
        }
    }
}
