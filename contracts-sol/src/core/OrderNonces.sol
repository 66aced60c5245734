// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICredit} from "../interfaces/ICredit.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {AccountWord} from "../libraries/Words.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Nonces of orders: a window of 64 in the signer's credit word, so parallel orders cost no extra slot
abstract contract OrderNonces is EnigmaBase {
    uint256 private constant WINDOW = 64;

    /// Marks a nonce used and takes grains, in one write. The window of 64 moves up past every used nonce at its low end.
    function _useNonce(address signer, uint256 nonce, uint256 grains) internal {
        EnigmaStorage.Account storage account = _layout().accounts[signer];
        AccountWord word = account.word;
        uint256 base = word.nonceBase();
        uint256 window = word.nonceWindow();
        unchecked {
            uint256 place = nonce - base; // above the window when the nonce is below it
            if (place >= WINDOW || (window >> place) & 1 != 0) revert ITasks.OrderNonceUnusable(signer, nonce, base);
            window |= 1 << place;
            while (window & 1 != 0) {
                window >>= 1;
                ++base;
            }
        }
        uint256 credit = word.credit();
        if (credit < grains) revert ICredit.CreditTooLow(signer, credit, grains);
        account.word = word.minus(grains).withNonces(base, window);
    }
}

/// @title Cancelling of orders
abstract contract OrderCancellation is OrderNonces {
    /// @notice See ITasks.
    function cancelOrders(uint256[] calldata nonces) external {
        for (uint256 i = 0; i < nonces.length; ++i) {
            _useNonce(msg.sender, nonces[i], 0);
            emit ITasks.OrderCancelled(msg.sender, nonces[i]);
        }
    }
}
