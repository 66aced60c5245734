// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {RecordRules} from "./RecordRules.sol";

/// @title Addresses of secret contracts
abstract contract SecretContractAddresses is RecordRules {
    /// @notice See ITasks.
    function secretContractAddress(address deployer, bytes32 codeHash, bytes32 userSalt)
        external
        view
        returns (address)
    {
        return Clones.predictDeterministicAddress(
            _accountImplementation(), _accountSalt(deployer, codeHash, userSalt)
        );
    }
}
