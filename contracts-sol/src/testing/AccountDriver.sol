// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {SecretContractAccount} from "../account/SecretContractAccount.sol";
import {ISecretContractAccount} from "../interfaces/ISecretContractAccount.sol";
import {Callbacks} from "../libraries/Callbacks.sol";

/// @notice Stands where Enigma stands, to test the account alone.
contract AccountDriver {
    SecretContractAccount public immutable implementation = new SecretContractAccount(address(this));

    event Cloned(address account);

    function clone(bytes32 salt) external returns (address account) {
        account = Clones.cloneDeterministic(address(implementation), salt);
        emit Cloned(account);
    }

    function drive(ISecretContractAccount account, bytes calldata calls) external {
        _drive(account, calls, gasleft());
    }

    function driveWithGas(ISecretContractAccount account, bytes calldata calls, uint256 gas_)
        external
    {
        _drive(account, calls, gas_);
    }

    function _drive(ISecretContractAccount account, bytes calldata calls, uint256 gas_) private {
        (bytes memory input,) = Callbacks.load(calls);
        (bool ok, bytes memory reason) = address(account).call{gas: gas_}(input);
        if (!ok) LowLevelCall.bubbleRevert(reason);
    }
}
