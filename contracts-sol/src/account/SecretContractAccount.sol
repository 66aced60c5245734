// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title Implementation behind every secret contract's account
/// @dev A clone carries `abi.encodePacked(codeHash, deployer)` behind its code. It keeps no storage.
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
        for (uint256 i = 0; i < calls.length; ++i) {
            Call calldata call = calls[i];
            if (call.target.code.length == 0) revert CallFailed(i); // also warms the account: CALL then costs 100
            bytes memory data = call.data;
            // EIP-150 withholds 1/64 of the gas: what is left must still cover the call's exact limit.
            uint256 available = gasleft() * 63 / 64;
            uint256 required = uint256(call.gasLimit) + CALL_RESERVE;
            if (available < required) revert CallGasTooLow(i, available, required);
            if (!_call(call.target, call.gasLimit, data)) revert CallFailed(i);
        }
    }

    /// @inheritdoc ISecretContractAccount
    function codeHash() external view returns (bytes32 hash) {
        (hash,) = _arguments();
    }

    /// @inheritdoc ISecretContractAccount
    function deployer() external view returns (address who) {
        (, who) = _arguments();
    }

    function _arguments() private view returns (bytes32, address) {
        bytes memory args = Clones.fetchCloneArgs(address(this));
        return (bytes32(args), address(bytes20(_tail(args))));
    }

    /// The 20 bytes that follow the first word.
    function _tail(bytes memory args) private pure returns (bytes32 tail) {
        assembly ("memory-safe") {
            tail := mload(add(args, 0x40))
        }
    }

    /// A call that copies no return data, which is what disarms a target that returns megabytes.
    function _call(address target, uint256 gasLimit, bytes memory data) private returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }
}
