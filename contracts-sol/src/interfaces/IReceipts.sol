// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Receipts: what became of a task, provable to any contract
/// @notice The newest 32 receipt roots of each contract are stored; older ones stay provable when anybody anchored
/// them in time. PROTOCOL §4.
interface IReceipts {
    /// @notice What a batch says of one task.
    /// @param index of the record @param taskId its link @param status see PROTOCOL §3.2 @param gasClass charged gas
    /// @param feeGrains charged @param outputHash keccak256 of the sealed output
    /// @param fallbackOutputHash of the output that holds when callbacks failed @param headAfter state head after it
    struct Receipt {
        uint32 index;
        bytes32 taskId;
        uint8 status;
        uint64 gasClass;
        uint64 feeGrains;
        bytes32 outputHash;
        bytes32 fallbackOutputHash;
        bytes32 headAfter;
    }

    /// @notice A root is kept for ever. @param entry as in the ring (PROTOCOL §4.4)
    /// @param secretContract whose receipts
    event ReceiptsAnchored(address indexed secretContract, bytes32 indexed entry);

    /// @notice Thrown when no stored root has the receipt. @param secretContract whose @param root computed
    error ReceiptNotFound(address secretContract, bytes32 root);
    /// @notice Thrown when a ring position is empty. @param position asked for
    /// @param secretContract whose ring
    error NothingToAnchor(address secretContract, uint256 position);

    /// @notice Proves a receipt against the stored roots; reverts when it is not there.
    /// @dev A task with callbacks is the last of its batch and has a fallback output hash. If that batch's callbacks
    /// failed, the outcome returned is CallbackFailed with the fallback output, whatever the receipt says.
    /// @param proof siblings from the leaf up, as of OpenZeppelin's MerkleProof
    /// @param position ring position (batch number modulo 32) where the root is, or 32 for an anchored root
    /// @param secretContract account address of the secret contract @param receipt as the batch has it
    /// @return status that holds @return outputHash that holds
    function verifyReceipt(
        address secretContract,
        Receipt calldata receipt,
        bytes32[] calldata proof,
        uint256 position
    ) external view returns (uint8 status, bytes32 outputHash);

    /// @notice Keeps the root at a ring position for ever. Anyone may.
    /// @param secretContract account address of the secret contract @param position of the ring, below 32
    function anchorReceipts(address secretContract, uint256 position) external;
}
