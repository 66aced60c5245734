// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {Records} from "./Records.sol";

/// @title Relayed orders: signed by one, recorded by another
abstract contract Orders is Records {
    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(address secretContract,bytes32 inputsHash,uint64 gasLimit,uint64 gasPriceGrains,uint64 callbackGas,uint64 callbackPriceGrains,uint32 keyEpoch,uint256 nonce,uint64 expiryBlock,uint64 relayerFeeGrains)"
    );
    uint256 private constant WINDOW = 64;

    /// @inheritdoc ITasks
    function recordOrder(Order calldata order, address signer, bytes calldata signature)
        external
        whenIntakeOpen
        returns (bytes32)
    {
        if (block.number > order.expiryBlock) revert OrderExpired(order.expiryBlock);
        _requireKeyEpoch(order.keyEpoch);
        // An order is its type hash and ten static words: hashed as it stands in calldata.
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ORDER_TYPE, order)));
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) {
            revert OrderSignatureInvalid(signer);
        }
        _useNonce(signer, order.nonce);
        if (order.relayerFeeGrains != 0) {
            _takeCredit(signer, order.relayerFeeGrains);
            _addCredit(msg.sender, order.relayerFeeGrains);
        }
        uint256 terms = _terms(order);
        return _record(
            order.secretContract, signer, order.inputsHash, terms, Extras(TaskTerms.RELAYED, address(0), 0)
        );
    }

    /// @inheritdoc ITasks
    function cancelOrders(uint256[] calldata nonces) external {
        for (uint256 i = 0; i < nonces.length; ++i) {
            _useNonce(msg.sender, nonces[i]);
            emit OrderCancelled(msg.sender, nonces[i]);
        }
    }

    /// A field above its bits would change its neighbour, and is above the lock's bound anyway.
    function _terms(Order calldata order) private pure returns (uint256) {
        if (
            order.gasLimit > type(uint48).max || order.gasPriceGrains > type(uint40).max
                || order.callbackGas > type(uint32).max || order.callbackPriceGrains > type(uint40).max
        ) revert LockTooLarge(type(uint256).max);
        return TaskTerms.pack(
            uint48(order.gasLimit),
            uint40(order.gasPriceGrains),
            uint32(order.callbackGas),
            uint40(order.callbackPriceGrains)
        );
    }

    /// The worker would answer StaleKey for another epoch than the record's or the one before (PROTOCOL §3.4).
    function _requireKeyEpoch(uint32 keyEpoch) private view {
        EnigmaStorage.EpochState storage state = _layout().epochState;
        uint256 epoch = state.epoch;
        // A record in the very block of an opening belongs to the epoch before (§3.3).
        if (epoch != 0 && state.openedAtBlock == block.number) --epoch;
        if (keyEpoch > epoch || uint256(keyEpoch) + 1 < epoch) revert OrderKeyEpochStale(keyEpoch, uint32(epoch));
    }

    /// Marks a nonce used. The window of 64 moves up past every used nonce at its low end.
    function _useNonce(address signer, uint256 nonce) private {
        EnigmaStorage.Account storage account = _layout().accounts[signer];
        uint256 base = account.nonceBase;
        uint256 window = account.nonceWindow;
        if (nonce < base || nonce - base >= WINDOW || (window >> (nonce - base)) & 1 != 0) {
            revert OrderNonceUnusable(signer, nonce, base);
        }
        unchecked {
            window |= 1 << (nonce - base);
            while (window & 1 != 0) {
                window >>= 1;
                ++base;
            }
        }
        account.nonceBase = uint64(base);
        account.nonceWindow = uint64(window);
        if (!account.touched) account.touched = true;
    }
}
