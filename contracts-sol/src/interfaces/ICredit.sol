// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Credit accounts: ENG deposited once, spent by tasks without another transfer
/// @notice All amounts are grains (1e-8 ENG) and fit 64 bits. Recording a task moves grains from an account's credit
/// to the queue of a contract; a commit or a settlement moves them on. Credit can be withdrawn at any time.
interface ICredit {
    /// @notice Grains arrived. @param account credited @param from who paid @param amount grains
    event CreditDeposited(address indexed account, address indexed from, uint256 amount);
    /// @notice Grains left. @param account debited @param to who received @param amount grains
    event CreditWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice Thrown when an account cannot pay. @param account whose @param credit grains it has @param required grains
    error CreditTooLow(address account, uint256 credit, uint256 required);
    /// @notice Thrown for an amount of zero, or above what 64 bits hold. @param amount grains
    error AmountOutOfRange(uint256 amount);

    /// @notice Moves ENG of the caller, who approved it, into the credit of `account`.
    /// @param amount grains, above 0
    /// @param account whose credit grows
    function deposit(address account, uint256 amount) external;

    /// @notice As `deposit` for the caller, with an ERC-20 permit instead of an earlier approval.
    /// @dev A permit that somebody else already used is no error: the allowance decides.
    /// @param deadline unix seconds until which the permit holds
    /// @param amount grains, above 0 @param v recovery byte of the permit's signature
    /// @param r first half of the signature @param s second half of the signature
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Moves credit of the caller out as ENG.
    /// @param amount grains, above 0
    /// @param to who receives the ENG
    function withdraw(address to, uint256 amount) external;

    /// @notice Grains an account can spend or withdraw.
    /// @param account asked about @return grains
    function creditOf(address account) external view returns (uint256);
}
