// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A question, and the result of a secret vote on it
contract Poll {
    /// @notice The secret contract that counts; nobody else may tell the result.
    address public immutable ballot;
    string public question;
    bool public closed;
    uint32 public yes;
    uint32 public no;

    /// @notice The vote is over.
    event Closed(uint32 yes, uint32 no);

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotTheBallot(address caller);

    constructor(string memory question_, address ballot_) {
        question = question_;
        ballot = ballot_;
    }

    /// @notice Called by the secret contract, from its own account.
    function close(uint32 yes_, uint32 no_) external {
        if (msg.sender != ballot) revert NotTheBallot(msg.sender);
        (closed, yes, no) = (true, yes_, no_);
        emit Closed(yes_, no_);
    }
}
