// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {AccountWord} from "../libraries/Words.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Nonces of orders: a window of 64 in the signer's credit word, so parallel orders cost no extra slot
abstract contract OrderNonces is EnigmaBase {
    uint256 private constant WINDOW = 64;

    /// Marks a nonce used. The window of 64 moves up past every used nonce at its low end.
    function _useNonce(address signer, uint256 nonce) internal {
        EnigmaStorage.Account storage account = _layout().accounts[signer];
        AccountWord word = account.word;
        uint256 base = word.nonceBase();
        uint256 window = word.nonceWindow();
        if (nonce < base || nonce - base >= WINDOW || (window >> (nonce - base)) & 1 != 0) {
            revert ITasks.OrderNonceUnusable(signer, nonce, base);
        }
        unchecked {
            window |= 1 << (nonce - base);
            while (window & 1 != 0) {
                window >>= 1;
                ++base;
            }
        }
        account.word = word.withNonces(base, window);
    }
}

/// @title Cancelling of orders
abstract contract OrderCancellation is OrderNonces {
    /// @notice See ITasks.
    function cancelOrders(uint256[] calldata nonces) external {
        for (uint256 i = 0; i < nonces.length; ++i) {
            _useNonce(msg.sender, nonces[i]);
            emit ITasks.OrderCancelled(msg.sender, nonces[i]);
        }
    }
}
