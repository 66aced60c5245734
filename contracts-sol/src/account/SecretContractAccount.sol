// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title Implementation behind every secret contract's account
/// @dev It keeps no storage.
contract SecretContractAccount is ISecretContractAccount {
    /// @notice Gas kept beside a call's own, for the steps between the check and the CALL and for what follows it.
    uint256 public constant CALL_RESERVE = 2_000;
    /// Bytes before each call's data: target 20, gas limit 4, size of the data 8.
    uint256 private constant HEAD_BYTES = 32;

    /// @inheritdoc ISecretContractAccount
    address public immutable enigma;

    /// @param enigma_ the proxy that drives the clones
    constructor(address enigma_) {
        enigma = enigma_;
    }

    /// @notice Takes ETH that a called contract sends back.
    receive() external payable {}

    /// @inheritdoc ISecretContractAccount
    /// @dev Only Enigma gets past the first line, and what it sends is made by its own `Callbacks.load`: whole calls.
    function perform() external {
        if (msg.sender != enigma) revert NotEnigma(msg.sender);
        uint256 at = 4; // behind the selector
        for (uint256 i = 0; at < msg.data.length; ++i) {
            (address target, uint256 gasLimit, uint256 size) = _headAt(at);
            if (target.code.length == 0) revert CallFailed(i); // also warms the account: CALL then costs 100
            uint256 input = _copy(at + HEAD_BYTES, size);
            unchecked {
                // EIP-150 withholds 1/64 of the gas: what is left must still cover the call's exact limit.
                uint256 available = gasleft() * 63 / 64;
                uint256 required = gasLimit + CALL_RESERVE; // 32 bits and a constant
                if (available < required) revert CallGasTooLow(i, available, required);
                at += HEAD_BYTES + size; // within calldata
            }
            if (!_call(target, gasLimit, input, size)) revert CallFailed(i);
        }
    }

    function _headAt(uint256 at) private pure returns (address target, uint256 gasLimit, uint256 size) {
        assembly ("memory-safe") {
            let head := calldataload(at)
            target := shr(96, head)
            gasLimit := and(shr(64, head), 0xffffffff)
            size := and(head, 0xffffffffffffffff)
        }
    }

    /// Puts calldata behind the memory in use, each call's over the last one's.
    function _copy(uint256 from, uint256 size) private pure returns (uint256 input) {
        assembly ("memory-safe") {
            input := mload(0x40)
            calldatacopy(input, from, size)
        }
    }

    /// A call that copies no return data, which is what disarms a target that returns megabytes.
    function _call(address target, uint256 gasLimit, uint256 input, uint256 size) private returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, input, size, 0, 0)
        }
    }
}
