// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice An ERC-20 token as tests need it: it may keep a fee, refuse, burn all gas, or call somebody. For tests.
contract HostileToken is ERC20 {
    uint256 public feeBps;
    bool public refuses;
    bool public burnsGas;
    address public hookTarget;
    bytes public hookData;
    /// @notice What the last hook's call gave.
    bool public hookOk;
    bytes public hookResult;

    constructor() ERC20("Hostile", "HOS") {
        _mint(msg.sender, 1e24);
    }

    function setFeeBps(uint256 bps) external {
        feeBps = bps;
    }

    function setRefuses(bool yes) external {
        refuses = yes;
    }

    function setBurnsGas(bool yes) external {
        burnsGas = yes;
    }

    /// Makes the next transfer call `target` before anything moves.
    function setHook(address target, bytes calldata data) external {
        (hookTarget, hookData) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) return super._update(from, to, value);
        require(!refuses, "refused");
        if (burnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        _callHook();
        uint256 fee = value * feeBps / 10_000;
        if (fee != 0) super._update(from, address(1), fee);
        super._update(from, to, value - fee);
    }

    function _callHook() private {
        address target = hookTarget;
        if (target == address(0)) return;
        hookTarget = address(0);
        (hookOk, hookResult) = target.call(hookData);
    }
}
