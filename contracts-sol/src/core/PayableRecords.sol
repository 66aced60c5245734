// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPayments} from "../interfaces/IPayments.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {Payments} from "./Payments.sol";
import {Records} from "./Records.sol";

/// @title Records that bring a payment
abstract contract PayableRecords is Records, Payments {
    using SafeERC20 for IERC20;

    /// @inheritdoc ITasks
    function recordPayableTask(address secretContract, bytes32 inputsHash, uint256 terms, address token, uint256 amount)
        external
        payable
        whenIntakeOpen
        lockTokens
        returns (bytes32)
    {
        uint256 received = token == address(0) ? _takeEth(amount) : _takeTokens(token, amount);
        if (received == 0 || received > type(uint128).max) revert IPayments.PaymentOutOfRange(received);
        _layout().pendingPayments[secretContract][token] += received;
        emit TaskPaid(secretContract, _layout().queues[secretContract].submitted, token, uint128(received));
        return _record(secretContract, msg.sender, inputsHash, terms, Extras(0, token, received));
    }

    function _takeEth(uint256 amount) private view returns (uint256) {
        if (msg.value != amount) revert PaymentMismatch(msg.value, amount);
        return amount;
    }

    /// What arrives counts, not what the token says: fees on transfer are the payer's.
    function _takeTokens(address token, uint256 amount) private returns (uint256) {
        if (msg.value != 0) revert PaymentMismatch(msg.value, 0);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        return IERC20(token).balanceOf(address(this)) - before;
    }
}
