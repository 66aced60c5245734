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

    /// Calls and fails when that fails, or in the end anyway.
    function relayStrictly(address target, bytes calldata data, bool failInTheEnd) external {
        ++count;
        (bool done, bytes memory reason) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
        require(!failInTheEnd, "in the end");
    }
}
