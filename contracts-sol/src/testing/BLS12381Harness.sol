// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS12381} from "../libraries/BLS12381.sol";

/// @notice Opens the internal library to tests; not deployed anywhere else.
contract BLS12381Harness {
    function verify(bytes memory publicKey, bytes memory message, bytes memory dst, bytes memory signature)
        external
        view
        returns (bool)
    {
        return BLS12381.verify(publicKey, message, dst, signature);
    }

    function hashToG1(bytes memory message, bytes memory dst) external view returns (bytes memory) {
        return BLS12381.hashToG1(message, dst);
    }

    function hashToField(bytes memory message, bytes memory dst) external view returns (bytes memory, bytes memory) {
        return BLS12381.hashToField(message, dst);
    }

    /// @return spent gas of one verification
    function verifyGas(bytes memory publicKey, bytes memory message, bytes memory dst, bytes memory signature)
        external
        view
        returns (uint256 spent)
    {
        uint256 before = gasleft();
        bool ok = BLS12381.verify(publicKey, message, dst, signature);
        spent = before - gasleft();
        require(ok, "invalid");
    }
}
