// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Governance: one timelock changes the implementation and with it every parameter
interface IGovernance {
    /// @notice Grains went to the treasury. @param from who paid
    event TreasuryFunded(address indexed from, uint256 amount);

    /// @notice Thrown when someone other than the timelock upgrades. @param caller who tried
    error NotGovernor(address caller);
    /// @notice Thrown by the constructor for a parameter outside its bounds. @param name of the parameter
    error ParameterOutOfRange(bytes32 name);
    /// @notice Thrown when the two halves of an implementation were built with different parameters.
    error ParametersDiffer();
    /// @notice Thrown by intake (records, registrations) while paused. Withdrawals, commits and settlement never are.
    error IntakePaused();

    /// @notice Pays ENG of the caller, who approved it, into the treasury that rewards keepers.
    function fundTreasury(uint256 amount) external;
}
