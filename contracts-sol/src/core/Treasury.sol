// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICredit} from "../interfaces/ICredit.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title The treasury that pays keepers: forfeits, penalties, and what anyone gives
abstract contract Treasury is EnigmaBase {
    using SafeERC20 for IERC20;

    /// @notice See IGovernance.
    function fundTreasury(uint256 amount) external {
        if (amount == 0 || amount > type(uint64).max) revert ICredit.AmountOutOfRange(amount);
        _addTreasury(amount);
        emit IGovernance.TreasuryFunded(msg.sender, amount);
        _token.safeTransferFrom(msg.sender, address(this), amount);
    }
}
