// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Governance: one timelock changes the implementation and with it every parameter
interface IGovernance {
    /// @notice Parameters of an implementation: immutable, so a change is an upgrade through the timelock.
    /// @param token ENG @param governor the timelock, who may upgrade to anything
    /// @param guardian may only pause, without delay; zero: nobody @param verifier checks attestations
    /// @param trustHash PROTOCOL §7.3 @param beaconKey, contractKey the key managers' BLS keys, G2, 256 bytes each
    /// @param epochLengthBlocks distance of scheduled starts
    /// @param openWindowBlocks blocks after a scheduled start in which it may be opened, at most 250
    /// @param commitWindowBlocks last blocks of a schedule in which workers commit
    /// @param expiryBlocks age at which a record can be settled, at least two epochs and an opening window
    /// @param baseFeeGrains fixed part of a record's lock
    /// @param minGasLimit, minGasPriceGrains, minCallbackPriceGrains floors of terms, so that load has a price
    /// @param minStakeGrains to log in @param unbondingBlocks time stake takes to leave
    /// @param overdueBlocks age at which the drawn worker should have committed a record
    /// @param capacityGas what a worker must do in an epoch before its backlog excuses it
    /// @param jailEpochs epochs a no-show keeps a worker out @param noShowPenaltyGrains taken from its stake
    /// @param equivocationSlashBps taken of stake and unbonding @param proofRewardBps of a penalty, to the keeper
    /// @param openRewardGrains to who opens an epoch @param settleRewardGrains a settled record, of its base fee
    /// @param intakeOpen false: records and registrations are refused (pause)
    struct Parameters {
        address token;
        address governor;
        address guardian;
        address verifier;
        bytes32 trustHash;
        bytes beaconKey;
        bytes contractKey;
        uint32 epochLengthBlocks;
        uint32 openWindowBlocks;
        uint32 commitWindowBlocks;
        uint32 expiryBlocks;
        uint64 baseFeeGrains;
        uint64 minGasLimit;
        uint64 minGasPriceGrains;
        uint64 minCallbackPriceGrains;
        uint64 minStakeGrains;
        uint32 unbondingBlocks;
        uint32 overdueBlocks;
        uint64 capacityGas;
        uint32 jailEpochs;
        uint64 noShowPenaltyGrains;
        uint16 equivocationSlashBps;
        uint16 proofRewardBps;
        uint64 openRewardGrains;
        uint64 settleRewardGrains;
        bool intakeOpen;
    }

    /// @notice Grains went to the treasury. @param from who paid
    /// @param amount grains
    event TreasuryFunded(address indexed from, uint256 amount);

    /// @notice Thrown when someone else than the timelock upgrades, or the guardian to something else than the paused
    /// implementation. @param caller who tried
    error NotGovernor(address caller);
    /// @notice Thrown by the constructor for a parameter outside its bounds. @param name of the parameter
    error ParameterOutOfRange(bytes32 name);
    /// @notice Thrown when the parts of an implementation were built with different parameters.
    error ParametersDiffer();
    /// @notice Thrown by intake (records, registrations) while paused. Withdrawals, commits and settlement never are.
    error IntakePaused();

    /// @notice Pays ENG of the caller, who approved it, into the treasury that rewards keepers.
    /// @param amount grains, above 0
    function fundTreasury(uint256 amount) external;
}
