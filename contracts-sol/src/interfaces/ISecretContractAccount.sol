// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The Ethereum account of a secret contract
/// @notice A clone whose address commits to its deployer and code, and which only Enigma can drive. Whoever wants to
/// know which code a secret contract runs compares `ITasks.secretContractAddress(deployer, codeHash, userSalt)` with its
/// address. The calls a secret contract makes into Ethereum come from it, so the called contract tells its secret contract by
/// `msg.sender`, and no call can touch what Enigma holds for others.
interface ISecretContractAccount {
    /// @notice Thrown when someone other than Enigma drives the account. @param caller who tried
    error NotEnigma(address caller);
    /// @notice Thrown when a target failed, which undoes every call of the same `perform`. @param index which call
    error CallFailed(uint256 index);
    /// @notice Thrown when the transaction cannot give a target its exact gas: the sender's fault, not the target's.
    /// @param index which call @param available gas a call could get now @param required gas it must get
    error CallGasTooLow(uint256 index, uint256 available, uint256 required);

    /// @notice Makes calls in order, all or none. Return data is dropped unread.
    /// @dev The calls follow the selector as a batch holds them (PROTOCOL §4.5), each as target 20 bytes, gas limit 4, size
    /// of its data 8, data. A target gets its gas limit exactly; one without code counts as a failed call. Only Enigma may
    /// make it. Read from ABI encoding the list would cost each callback 1,200 gas more.
    function perform() external;

    /// @notice The one contract that drives this account.
    /// @return the proxy
    function enigma() external view returns (address);
}
