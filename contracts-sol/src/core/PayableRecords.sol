// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPayments} from "../interfaces/IPayments.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {Payments} from "./Payments.sol";
import {RecordRules} from "./RecordRules.sol";

/// @title Records that bring a payment
abstract contract PayableRecords is RecordRules, Payments {
    using SafeERC20 for IERC20;

    /// @notice See ITasks.
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
        uint256 index = _layout().queues[secretContract].counters.submitted();
        emit ITasks.TaskPaid(secretContract, uint32(index), token, uint128(received));
        return _record(secretContract, msg.sender, inputsHash, terms, 0, token, received);
    }

    function _takeEth(uint256 amount) private view returns (uint256) {
        if (msg.value != amount) revert ITasks.PaymentMismatch(msg.value, amount);
        return amount;
    }

    /// What arrives counts, not what the token says: fees on transfer are the payer's.
    function _takeTokens(address token, uint256 amount) private returns (uint256) {
        if (msg.value != 0) revert ITasks.PaymentMismatch(msg.value, 0);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        return IERC20(token).balanceOf(address(this)) - before;
    }
}
