// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The Ethereum account of a secret contract
/// @notice A clone whose address commits to its deployer and code, and which only Enigma can drive. Whoever wants to
/// know which code a secret contract runs compares `ITasks.secretContractAddress(deployer, codeHash, userSalt)` with its
/// address. The calls a secret contract makes into Ethereum come from it, so the called contract tells its secret contract by
/// `msg.sender`, and no call can touch what Enigma holds for others.
interface ISecretContractAccount {
    /// @notice One call into Ethereum.
    /// @param target who is called; an address without code counts as a failed call
    /// @param gasLimit gas the target gets, exactly
    /// @param data calldata
    struct Call {
        address target;
        uint32 gasLimit;
        bytes data;
    }

    /// @notice Thrown when someone other than Enigma drives the account. @param caller who tried
    error NotEnigma(address caller);
    /// @notice Thrown when a target failed, which undoes every call of the same `perform`. @param index which call
    error CallFailed(uint256 index);
    /// @notice Thrown when the transaction cannot give a target its exact gas: the sender's fault, not the target's.
    /// @param index which call @param available gas a call could get now @param required gas it must get
    error CallGasTooLow(uint256 index, uint256 available, uint256 required);

    /// @notice Makes the calls in order, all or none. Return data is dropped unread.
    /// @param calls in order
    function perform(Call[] calldata calls) external;

    /// @notice The one contract that drives this account.
    /// @return the proxy
    function enigma() external view returns (address);
}
