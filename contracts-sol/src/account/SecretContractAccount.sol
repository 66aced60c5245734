// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title Implementation behind every secret contract's account
/// @dev It keeps no storage.
contract SecretContractAccount is ISecretContractAccount {
    /// @notice Gas kept beside a call's own, for the steps between the check and the CALL and for what follows it.
    uint256 public constant CALL_RESERVE = 2_000;

    /// @inheritdoc ISecretContractAccount
    address public immutable enigma;

    /// @param enigma_ the proxy that drives the clones
    constructor(address enigma_) {
        enigma = enigma_;
    }

    /// @notice Takes ETH that a called contract sends back.
    receive() external payable {}

    /// @inheritdoc ISecretContractAccount
    function perform(Call[] calldata calls) external {
        if (msg.sender != enigma) revert NotEnigma(msg.sender);
        uint256 count = calls.length;
        for (uint256 i = 0; i < count; ++i) {
            Call calldata call = calls[i];
            (address target, uint256 gasLimit, bytes calldata data) = (call.target, call.gasLimit, call.data);
            if (target.code.length == 0) revert CallFailed(i); // also warms the account: CALL then costs 100
            uint256 input = _copy(data);
            unchecked {
                // EIP-150 withholds 1/64 of the gas: what is left must still cover the call's exact limit.
                uint256 available = gasleft() * 63 / 64;
                uint256 required = gasLimit + CALL_RESERVE; // 32 bits and a constant
                if (available < required) revert CallGasTooLow(i, available, required);
            }
            if (!_call(target, gasLimit, input, data.length)) revert CallFailed(i);
        }
    }

    /// Puts calldata into memory of its own.
    function _copy(bytes calldata data) private pure returns (uint256 input) {
        assembly ("memory-safe") {
            input := mload(0x40)
            mstore(0x40, add(input, and(add(data.length, 0x1f), not(0x1f))))
            calldatacopy(input, data.offset, data.length)
        }
    }

    /// A call that copies no return data, which is what disarms a target that returns megabytes.
    function _call(address target, uint256 gasLimit, uint256 input, uint256 size) private returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, input, size, 0, 0)
        }
    }
}
