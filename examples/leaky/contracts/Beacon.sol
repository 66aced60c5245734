// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A light that everyone sees
/// @notice What the secret contract `Leaky` gives itself away by.
contract Beacon {
    /// @notice The only one who may light it.
    address public immutable secretContract;
    /// @notice How often it was lit.
    uint256 public flashes;

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotSecretContract(address caller);

    constructor(address secretContract_) {
        secretContract = secretContract_;
    }

    /// @notice Called by the secret contract's account.
    function light() external {
        if (msg.sender != secretContract) revert NotSecretContract(msg.sender);
        ++flashes;
    }
}
