// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @title Several batches in one transaction
abstract contract BatchGroups {
    /// @notice See IBatches.
    function commitBatches(bytes[] calldata batches) external returns (uint256 committed) {
        for (uint256 i = 0; i < batches.length; ++i) {
            bytes memory call = bytes.concat(IBatches.commitBatch.selector, batches[i]);
            uint256 before = gasleft();
            (bool ok, bytes memory reason) = address(this).call(call);
            if (ok) {
                ++committed;
                continue;
            }
            if (_ranOutOfGas(reason, before)) {
                emit IBatches.BatchesStopped(i);
                break;
            }
            emit IBatches.BatchRejected(_contractOf(batches[i]), i, bytes4(reason));
        }
    }

    /// A frame that ran out of gas leaves 1/64 of what there was and no reason; a callback says so itself.
    function _ranOutOfGas(bytes memory reason, uint256 before) private view returns (bool) {
        if (bytes4(reason) == ISecretContractAccount.CallGasTooLow.selector) return true;
        return reason.length == 0 && gasleft() <= before / 32;
    }

    /// First member of an encoded batch, for the event.
    function _contractOf(bytes calldata encoded) private pure returns (address) {
        return encoded.length < 64 ? address(0) : address(uint160(uint256(bytes32(encoded[32:64]))));
    }
}
