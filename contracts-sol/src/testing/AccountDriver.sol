// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SecretContractAccount} from "../account/SecretContractAccount.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";

/// @notice Stands where Enigma stands, to test the account alone.
contract AccountDriver {
    SecretContractAccount public immutable implementation = new SecretContractAccount(address(this));

    event Cloned(address account);

    function clone(bytes32 salt) external returns (address account) {
        account = Clones.cloneDeterministic(address(implementation), salt);
        emit Cloned(account);
    }

    function drive(ISecretContractAccount account, ISecretContractAccount.Call[] calldata calls) external {
        account.perform(calls);
    }

    function driveWithGas(ISecretContractAccount account, ISecretContractAccount.Call[] calldata calls, uint256 gas_)
        external
    {
        account.perform{gas: gas_}(calls);
    }
}
