// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Payments: tokens that came with records, kept in a ledger
/// @notice A payment waits with its record. The batch that resolves the record moves it in the ledger: to the secret
/// contract when the task succeeded, else back to the sender; callbacks that fail are a failure. Commits never call a token: an account pulls its funds
/// inside a callback (`withdrawPayment`, called from the account's address), users whenever they like.
interface IPayments {
    /// @notice Funds may be withdrawn. @param owner whose @param token zero: ETH @param amount in the token's unit
    /// @param secretContract whose record brought them
    event PaymentReleased(address indexed secretContract, address indexed owner, address indexed token, uint256 amount);
    /// @notice What this commit released to the secret contract is its sender's after all, for the task's callbacks failed.
    /// @param secretContract whose task
    /// @param owner whose it is now @param token zero: ETH @param amount in the token's unit
    event PaymentReturned(address indexed secretContract, address indexed owner, address indexed token, uint256 amount);
    /// @notice Funds left. @param to who received
    /// @param owner whose ledger @param token zero: ETH @param amount in the token's unit
    event PaymentWithdrawn(address indexed owner, address indexed token, address to, uint256 amount);

    /// @notice Thrown when the ledger holds less. @param balance in the token's unit
    /// @param owner whose ledger @param token zero: ETH @param amount asked for, in the token's unit
    error LedgerTooLow(address owner, address token, uint256 balance, uint256 amount);
    /// @notice Thrown when nothing arrived of a payment, or more than 128 bits hold. @param received amount
    error PaymentOutOfRange(uint256 received);
    /// @notice Thrown when sending ETH fails. @param to receiver
    error EthTransferFailed(address to);

    /// @notice Thrown when a token, while it is called, calls back to move payments.
    error TokenLocked();

    /// @notice Sends funds of the caller.
    /// @param token zero: ETH @param to who receives @param amount in the token's unit, above 0
    function withdrawPayment(address token, address to, uint256 amount) external;

    /// @notice What an owner can withdraw, in the token's unit.
    /// @param owner whose ledger @param token zero: ETH @return amount in the token's unit
    function ledgerOf(address owner, address token) external view returns (uint256);

    /// @notice What waits with uncommitted records of a contract, in the token's unit.
    /// @param secretContract account address of the secret contract @param token zero: ETH
    /// @return amount in the token's unit
    function pendingPayments(address secretContract, address token) external view returns (uint256);
}
