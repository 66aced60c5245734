// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Polls whose votes are secret
/// @notice Anyone opens a poll here; votes go to the secret contract `Voting`, which tells nothing but the tally, by a
/// callback from its own account, after the poll's end.
contract Polls {
    struct Poll {
        address opener;
        bool closed;
        uint32 yes;
        uint32 no;
    }

    /// @notice The only one who may close a poll.
    address public immutable secretContract;
    /// @notice Polls by id. An id is `endsAtS << 64 | number`: the secret contract reads the end out of it.
    mapping(uint256 pollId => Poll poll) public polls;
    /// @notice How many polls were opened.
    uint64 public count;

    /// @notice A poll was opened. @param endsAtS unix seconds from which no vote counts
    event PollOpened(uint256 indexed pollId, address indexed opener, uint64 endsAtS, string question);
    /// @notice The tally arrived.
    event PollClosed(uint256 indexed pollId, uint32 yes, uint32 no);

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotSecretContract(address caller);
    /// @notice Thrown when a poll would be over before it began. @param endsAtS unix seconds
    error EndsInThePast(uint64 endsAtS);
    /// @notice Thrown for an id that was never given out.
    error NoSuchPoll(uint256 pollId);
    /// @notice Thrown for a second tally.
    error AlreadyClosed(uint256 pollId);

    constructor(address secretContract_) {
        secretContract = secretContract_;
    }

    /// @notice Opens a poll. @param endsAtS unix seconds from which no vote counts
    function open(string calldata question, uint64 endsAtS) external returns (uint256 pollId) {
        if (endsAtS <= block.timestamp) revert EndsInThePast(endsAtS);
        pollId = (uint256(endsAtS) << 64) | ++count;
        polls[pollId].opener = msg.sender;
        emit PollOpened(pollId, msg.sender, endsAtS, question);
    }

    /// @notice Called by the secret contract's account, with the tally.
    function close(uint256 pollId, uint32 yes, uint32 no) external {
        if (msg.sender != secretContract) revert NotSecretContract(msg.sender);
        Poll storage poll = polls[pollId];
        address opener = poll.opener;
        if (opener == address(0)) revert NoSuchPoll(pollId);
        if (poll.closed) revert AlreadyClosed(pollId);
        polls[pollId] = Poll(opener, true, yes, no);
        emit PollClosed(pollId, yes, no);
    }
}
