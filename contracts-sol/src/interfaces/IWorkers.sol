// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Workers: registration with attestation, stake, and the way in and out of the lottery
/// @notice A worker is an enclave (its signing and encryption keys, bound by a quote), an operator who runs it, and a
/// staker whose ENG stands behind it. Ids count from 1; worker id w is leaf w - 1 of the lottery's tree. Its weight is
/// its stake in whole ENG while it is logged in, else 0; a change counts from the next epoch on.
///
/// Status: 0 none, 1 registered (logged out), 2 logged in, 3 jailed, 4 banned.
interface IWorkers {
    /// @notice A worker's public record.
    /// @param signer enclave key that signs batches @param attestationExpiryS unix seconds
    /// @param status as above @param earningsGrains fees not yet claimed @param operator who runs it
    /// @param encryptionKey X25519 key of the enclave @param staker who owns stake and earnings
    /// @param stakeGrains active stake @param unbondingGrains leaving @param unbondedAtBlock when they may leave
    /// @param jailedUntilEpoch first epoch it may log in again @param measurement of its program
    struct Worker {
        address signer;
        uint32 attestationExpiryS;
        uint8 status;
        uint56 earningsGrains;
        address operator;
        bytes32 encryptionKey;
        address staker;
        uint64 stakeGrains;
        uint64 unbondingGrains;
        uint64 unbondedAtBlock;
        uint32 jailedUntilEpoch;
        bytes32 measurement;
    }

    /// @notice A worker registered, or renewed its attestation. The quote lets anyone check the keys again.
    /// @param workerId which worker @param signer enclave key that signs batches
    /// @param encryptionKey X25519 key of the enclave @param expiryS unix seconds until which it counts
    /// @param quote over the keys (PROTOCOL §7.4)
    event WorkerAttested(
        uint32 indexed workerId, address indexed signer, bytes32 encryptionKey, uint256 expiryS, bytes quote
    );
    /// @notice A worker exists. @param operator who runs it @param staker who stakes for it
    /// @param workerId its id from now on
    event WorkerRegistered(uint32 indexed workerId, address indexed operator, address indexed staker);
    /// @notice A worker is gone; its id is never used again.
    /// @param workerId which worker
    event WorkerUnregistered(uint32 indexed workerId);
    /// @notice A worker's program is no longer allowed; its enclave's signatures count no more until it attests again.
    /// @param workerId which worker
    event AttestationRevoked(uint32 indexed workerId);
    /// @notice A worker weighs in the lottery from the next epoch on.
    /// @param workerId which worker
    event WorkerLoggedIn(uint32 indexed workerId);
    /// @notice A worker weighs nothing from the next epoch on.
    /// @param workerId which worker
    event WorkerLoggedOut(uint32 indexed workerId);
    /// @notice The staker named another operator, who is not yet it. @param operator the one named
    /// @param workerId which worker
    event OperatorNominated(uint32 indexed workerId, address indexed operator);
    /// @notice The operator changed. @param operator the new one
    /// @param workerId which worker
    event OperatorChanged(uint32 indexed workerId, address indexed operator);
    /// @notice Stake was added. @param amount grains @param stake active stake from now on
    /// @param workerId which worker
    event Staked(uint32 indexed workerId, uint256 amount, uint256 stake);
    /// @notice Stake began to leave. @param amount grains @param unbondedAtBlock first block it can be withdrawn
    /// @param workerId which worker
    event Unbonding(uint32 indexed workerId, uint256 amount, uint256 unbondedAtBlock);
    /// @notice Unbonded stake left. @param to who received @param amount grains
    /// @param workerId which worker
    event StakeWithdrawn(uint32 indexed workerId, address indexed to, uint256 amount);
    /// @notice Fees went to the staker's credit, or to the worker's stake. @param amount grains
    /// @param workerId which worker @param staked whether to the stake
    event EarningsClaimed(uint32 indexed workerId, uint256 amount, bool staked);
    /// @notice The weight that counts from the next epoch on. @param weight whole ENG
    /// @param workerId which worker
    event WeightChanged(uint32 indexed workerId, uint256 weight);

    /// @notice Thrown for an id nobody has. @param workerId asked for
    error UnknownWorker(uint32 workerId);
    /// @notice Thrown when a key or operator is already a worker's. @param key which @param workerId whose
    error AlreadyRegistered(address key, uint32 workerId);
    /// @notice Thrown when the caller is neither of the two who may. @param caller who tried
    error NotAuthorized(address caller);
    /// @notice Thrown when a worker is in the wrong state. @param status it has
    /// @param workerId which worker
    error WrongStatus(uint32 workerId, uint8 status);
    /// @notice Thrown when the stake is too low to log in. @param stake grains @param minimum grains
    error StakeTooLow(uint256 stake, uint256 minimum);
    /// @notice Thrown while a worker is jailed. @param jailedUntilEpoch first epoch it may log in
    error StillJailed(uint32 jailedUntilEpoch);
    /// @notice Thrown when an attestation is over or about to be. @param expiryS unix seconds
    error AttestationExpired(uint256 expiryS);
    /// @notice Thrown when stake is not yet unbonded. @param unbondedAtBlock first block
    error StillUnbonding(uint256 unbondedAtBlock);
    /// @notice Thrown when a worker still owns or owes something. @param remaining grains
    error NotEmpty(uint256 remaining);
    /// @notice Thrown when no id is left: there are 2^24 - 1.
    error TooManyWorkers();
    /// @notice Thrown for a zero key or address.
    error ZeroKey();
    /// @notice Thrown when an attestation still stands. @param workerId whose
    error AttestationStillValid(uint32 workerId);

    /// @notice Registers the caller as operator of a worker. The quote's report data binds this chain, this contract,
    /// the caller, both keys and the network's trust hash (PROTOCOL §7.4), so it is of no use to anyone else.
    /// @param staker whose ENG will stand behind it; consents by staking
    /// @param signer address of the enclave's signing key @param encryptionKey X25519 key of the enclave
    /// @param quote over the keys (PROTOCOL §7.4) @return workerId the new id, from 1
    function register(address staker, address signer, bytes32 encryptionKey, bytes calldata quote)
        external
        returns (uint32 workerId);

    /// @notice Renews the attestation, with the same enclave keys or new ones (a fresh enclave). By the operator, or by
    /// the one the staker named, who is the operator from then on.
    /// @param workerId which worker @param signer address of the enclave's signing key
    /// @param encryptionKey X25519 key of the enclave @param quote over the keys (PROTOCOL §7.4)
    function renewAttestation(uint32 workerId, address signer, bytes32 encryptionKey, bytes calldata quote) external;

    /// @notice Ends the attestation of a worker whose program is no longer allowed. Anyone may.
    /// @param workerId which worker
    function revokeAttestation(uint32 workerId) external;

    /// @notice Names another operator, who takes over by `renewAttestation`: nobody is made an operator unasked. Naming
    /// the present one takes it back. By the staker.
    /// @param workerId which worker @param operator who may take over
    function changeOperator(uint32 workerId, address operator) external;

    /// @notice Enters the lottery from the next epoch on. By the operator or the staker.
    /// @param workerId which worker
    function login(uint32 workerId) external;

    /// @notice Leaves the lottery from the next epoch on. By the operator or the staker.
    /// @param workerId which worker
    function logout(uint32 workerId) external;

    /// @notice Adds ENG of the staker, who approved it. By the staker: nobody spends another's allowance.
    /// @param workerId which worker @param amount grains, above 0
    function stake(uint32 workerId, uint256 amount) external;

    /// @notice Takes stake out of the lottery; it can be withdrawn after the unbonding time, and slashed until then.
    /// A worker left with less than the minimum is logged out. By the staker.
    /// @param workerId which worker @param amount grains, above 0
    function unbond(uint32 workerId, uint256 amount) external;

    /// @notice Sends unbonded stake. By the staker.
    /// @param workerId which worker @param to who receives
    function withdrawStake(uint32 workerId, address to) external;

    /// @notice Moves earnings to the staker's credit, or adds them to the stake. By the operator or the staker.
    /// @param workerId which worker @param addToStake true: to the stake, else to the staker's credit
    function claimEarnings(uint32 workerId, bool addToStake) external;

    /// @notice Forgets a worker that is logged out and owns nothing. By the operator or the staker.
    /// @param workerId which worker
    function unregister(uint32 workerId) external;

    /// @notice Makes a worker's weight what its state says, where a closed opening window had put that off. Anyone.
    /// @param workerId which worker
    function syncWeight(uint32 workerId) external;
}
