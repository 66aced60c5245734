// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICredit} from "../interfaces/ICredit.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Credit accounts
abstract contract Credits is ICredit, EnigmaBase {
    using SafeERC20 for IERC20;

    /// @inheritdoc ICredit
    function deposit(address account, uint256 amount) external {
        _deposit(account, amount);
    }

    /// @inheritdoc ICredit
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Somebody may have sent the permit before us; then this call fails and the allowance is there all the same.
        try IERC20Permit(address(_token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(msg.sender, amount);
    }

    /// @inheritdoc ICredit
    function withdraw(address to, uint256 amount) external {
        if (amount == 0) revert AmountOutOfRange(amount);
        _takeCredit(msg.sender, amount);
        emit CreditWithdrawn(msg.sender, to, amount);
        _token.safeTransfer(to, amount);
    }

    /// @inheritdoc ICredit
    function creditOf(address account) external view returns (uint256) {
        return _layout().accounts[account].word.credit();
    }

    function _deposit(address account, uint256 amount) private {
        if (amount == 0 || amount > type(uint64).max) revert AmountOutOfRange(amount);
        _addCredit(account, amount);
        emit CreditDeposited(account, msg.sender, amount);
        _token.safeTransferFrom(msg.sender, address(this), amount);
    }
}
