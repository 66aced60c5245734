// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Targets of callbacks as tests need them: tame and hostile. Not part of a deployment.
contract Callee {
    /// @notice Who called last, with what value of `note`, and how much gas arrived.
    address public lastSender;
    uint256 public lastNote;
    uint256 public lastGas;
    uint256 public count;

    error Refused(bytes text);

    function note(uint256 value) external {
        lastGas = gasleft();
        lastSender = msg.sender;
        lastNote = value;
        ++count;
    }

    function refuse(bytes calldata text) external pure {
        revert Refused(text);
    }

    /// Burns all the gas it was given.
    function burn() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    /// Returns `size` zero bytes, or reverts with them.
    function bomb(uint256 size, bool failing) external pure {
        assembly ("memory-safe") {
            if failing { revert(0, size) }
            return(0, size)
        }
    }

    /// Reverts with bytes that look like the account's own gas error.
    function forge() external pure {
        bytes memory forged = abi.encodeWithSignature("CallGasTooLow(uint256,uint256,uint256)", 0, 0, 0);
        assembly ("memory-safe") {
            revert(add(forged, 0x20), mload(forged))
        }
    }
}

/// @notice Takes any call. Not part of a deployment.
contract CallRecorder {
    /// @notice Of all calldata so far, in order.
    bytes32 public seen;

    fallback() external {
        seen = keccak256(abi.encode(seen, keccak256(msg.data)));
    }
}
