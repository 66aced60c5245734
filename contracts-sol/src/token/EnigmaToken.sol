// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title ENG: pays for tasks, is staked by workers
/// @notice Fixed supply of 150,000,000 ENG. The unit is the grain, 1e-8 ENG, so every amount fits 64 bits.
contract EnigmaToken is ERC20, ERC20Permit {
    /// @notice Grains in one ENG.
    uint256 public constant GRAINS_PER_ENG = 1e8;
    /// @notice The whole supply, grains.
    uint256 public constant SUPPLY = 150_000_000 * GRAINS_PER_ENG;

    /// @param holder receives the whole supply
    constructor(address holder) ERC20("Enigma", "ENG") ERC20Permit("Enigma") {
        _mint(holder, SUPPLY);
    }

    /// @notice 8: one unit is a grain.
    function decimals() public pure override returns (uint8) {
        return 8;
    }
}
