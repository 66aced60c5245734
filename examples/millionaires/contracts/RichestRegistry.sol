// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Remembers who the secret contract `Millionaires` says is the richest
/// @notice The secret contract knows everyone's net worth and tells nobody; it announces one address, by a callback
/// from its own account.
contract RichestRegistry {
    /// @notice The only one who may announce.
    address public immutable secretContract;
    /// @notice Announced last; zero before the first announcement.
    address public richest;
    /// @notice How many announcements there were.
    uint256 public announcements;

    /// @notice The secret contract announced. @param richest who
    event RichestAnnounced(address indexed richest);

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotSecretContract(address caller);

    constructor(address secretContract_) {
        secretContract = secretContract_;
    }

    /// @notice Called by the secret contract's account.
    function announce(address who) external {
        if (msg.sender != secretContract) revert NotSecretContract(msg.sender);
        richest = who;
        ++announcements;
        emit RichestAnnounced(who);
    }
}
