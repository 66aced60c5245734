// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IPayments} from "../interfaces/IPayments.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title The ledger of payments
abstract contract Payments is EnigmaBase {
    using TransientSlot for *;

    /// @dev Held while a token is called: its hooks must not move other tokens of it in or out, which would falsify the
    /// measured difference.
    bytes32 private constant TOKEN_LOCK = keccak256("enigma.lock.token");

    modifier lockTokens() {
        if (TOKEN_LOCK.asBoolean().tload()) revert IPayments.TokenLocked();
        TOKEN_LOCK.asBoolean().tstore(true);
        _;
        TOKEN_LOCK.asBoolean().tstore(false);
    }

    /// Moves a payment of a resolved record to its owner in the ledger; calls nobody.
    function _release(address secretContract, address token, address to, uint256 amount) internal returns (bool) {
        uint256 pending = _layout().pendingPayments[secretContract][token];
        if (amount > pending) return false;
        unchecked {
            _layout().pendingPayments[secretContract][token] = pending - amount;
        }
        _layout().ledger[to][token] += amount;
        emit IPayments.PaymentReleased(secretContract, to, token, amount);
        return true;
    }

    /// Moves what was just released on to another owner. The callbacks that could have spent it are undone.
    function _return(address secretContract, address token, address from, address to, uint256 amount) internal {
        _layout().ledger[from][token] -= amount;
        _layout().ledger[to][token] += amount;
        emit IPayments.PaymentReturned(secretContract, to, token, amount);
    }
}

/// @title Withdrawals from the ledger
abstract contract PaymentWithdrawals is IPayments, Payments {
    using SafeERC20 for IERC20;

    /// @inheritdoc IPayments
    function withdrawPayment(address token, address to, uint256 amount) external lockTokens {
        uint256 balance = _layout().ledger[msg.sender][token];
        if (amount == 0 || amount > balance) revert LedgerTooLow(msg.sender, token, balance, amount);
        unchecked {
            _layout().ledger[msg.sender][token] = balance - amount;
        }
        emit PaymentWithdrawn(msg.sender, token, to, amount);
        if (token == address(0)) {
            (bool ok,) = to.call{value: amount}("");
            if (!ok) revert EthTransferFailed(to);
        } else {
            IERC20(token).safeTransfer(to, amount);
        }
    }

    /// @inheritdoc IPayments
    function ledgerOf(address owner, address token) external view returns (uint256) {
        return _layout().ledger[owner][token];
    }

    /// @inheritdoc IPayments
    function pendingPayments(address secretContract, address token) external view returns (uint256) {
        return _layout().pendingPayments[secretContract][token];
    }
}
