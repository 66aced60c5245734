// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A callback target that calls on: to Enigma, to a token, to anything. For tests.
contract Relay {
    bool public ok;
    bytes public result;
    uint256 public count;

    /// Calls and keeps what came back, whether it failed or not.
    function relay(address target, bytes calldata data) external {
        ++count;
        (ok, result) = target.call(data);
    }
}
