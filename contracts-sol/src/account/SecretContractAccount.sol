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
    /// @dev Only Enigma gets past the first line, and what it sends is made by its own `Callbacks.load`. In assembly, because
    /// the compiler's steps around each call take 300 gas more.
    function perform() external {
        if (msg.sender != enigma) revert NotEnigma(msg.sender);
        bytes4 callFailed = CallFailed.selector;
        bytes4 callGasTooLow = CallGasTooLow.selector;
        assembly ("memory-safe") {
            function failed(selector, index) {
                mstore(0x00, selector)
                mstore(0x04, index)
                revert(0x00, 0x24)
            }
            let input := mload(0x40) // each call's data lies over the last one's
            let index := 0
            for { let at := 4 } lt(at, calldatasize()) { index := add(index, 1) } {
                let head := calldataload(at) // target 20 bytes, gas limit 4, size of the data 8
                let target := shr(96, head)
                let gasLimit := and(shr(64, head), 0xffffffff)
                let size := and(head, 0xffffffffffffffff)
                if iszero(extcodesize(target)) { failed(callFailed, index) } // also warms it: CALL then costs 100
                calldatacopy(input, add(at, 0x20), size)
                at := add(at, add(size, 0x20))
                // EIP-150 withholds 1/64 of the gas: what is left must still cover the call's exact limit.
                let available := gas()
                available := sub(available, shr(6, available))
                let required := add(gasLimit, CALL_RESERVE)
                if lt(available, required) {
                    mstore(input, callGasTooLow)
                    mstore(add(input, 0x04), index)
                    mstore(add(input, 0x24), available)
                    mstore(add(input, 0x44), required)
                    revert(input, 0x64)
                }
                // No return data is copied, which is what disarms a target that returns megabytes.
                if iszero(call(gasLimit, target, 0, input, size, 0, 0)) { failed(callFailed, index) }
            }
            return(0, 0)
        }
    }
}
