// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../../../contracts-sol/src/interfaces/IReceipts.sol";

/// @title Keeps the proven outcomes of one secret contract's tasks
/// @notice Shows how a contract learns what became of a task without a callback: anybody brings the receipt and its
/// Merkle proof, and Enigma compares them with the roots it stores.
contract TaskLedger {
    /// @notice Enigma.
    IReceipts public immutable enigma;
    /// @notice Whose tasks are kept.
    address public immutable secretContract;
    /// @notice Status of a proven task (1 success, see PROTOCOL §3.2); zero when nobody proved it.
    mapping(bytes32 taskId => uint8 status) public statusOf;
    /// @notice keccak256 of a proven task's sealed output.
    mapping(bytes32 taskId => bytes32 outputHash) public outputHashOf;

    /// @notice A task's outcome was proven.
    event TaskProven(bytes32 indexed taskId, uint8 status, bytes32 outputHash);

    constructor(IReceipts enigma_, address secretContract_) {
        enigma = enigma_;
        secretContract = secretContract_;
    }

    /// @notice Takes a receipt with its proof; reverts when Enigma does not know it.
    /// @param position where in the ring the batch's root is, or 32 when it was anchored
    function prove(IReceipts.Receipt calldata receipt, bytes32[] calldata proof, uint256 position) external {
        (uint8 status, bytes32 outputHash) = enigma.verifyReceipt(secretContract, receipt, proof, position);
        statusOf[receipt.taskId] = status;
        outputHashOf[receipt.taskId] = outputHash;
        emit TaskProven(receipt.taskId, status, outputHash);
    }
}
