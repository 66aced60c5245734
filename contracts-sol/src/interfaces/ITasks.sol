// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Task records: what a user asks of a secret contract and what it may cost
/// @notice A contract's records form a chain of hashes (PROTOCOL §2): `link_i = keccak256(link_{i-1}, leaf_i, i,
/// cumLocked_i)`. A record's link is its task id. Only the newest 32 links are stored, whatever the number of tasks.
///
/// `terms` is one word (PROTOCOL §2.5), from bit 0 up: gasLimit 48 bits | gasPriceGrains 40 | callbackGas 32 |
/// callbackPriceGrains 40; all higher bits must be zero in calldata. The record locks
/// `baseFee + gasLimit * gasPriceGrains + callbackGas * callbackPriceGrains` of the sender's credit; what the task
/// does not use comes back by the batch that commits it, or by settlement after expiry, without another transaction.
interface ITasks {
    /// @notice A task is recorded. Together with the block's number and time this is the leaf's whole preimage.
    /// @param secretContract whose queue @param sender who asks (the signer of a relayed order)
    /// @param inputsHash keccak256 of the sealed envelope
    /// @param terms as in calldata, with flags (bits 160-167: 1 inputs in calldata, 2 deployment, 4 relayed),
    /// lockedGrains (bits 168-207) and index (bits 208-239)
    event TaskRecorded(address indexed secretContract, address sender, bytes32 inputsHash, uint256 terms);
    /// @notice Several tasks of one sender are recorded, in this order; the fields are those of `TaskRecorded`.
    /// @param secretContract account address of the secret contract @param sender who asks
    /// @param inputsHashes keccak256 of each sealed envelope @param terms one word a record
    event TasksRecorded(address indexed secretContract, address sender, bytes32[] inputsHashes, uint256[] terms);
    /// @notice The record that follows in this transaction pays its contract. @param index of that record
    /// @param token zero: ETH @param amount as it arrived, in the token's unit
    /// @param secretContract account address of the secret contract
    event TaskPaid(address indexed secretContract, uint32 index, address token, uint128 amount);
    /// @notice An account for a secret contract exists; record 0 of its queue follows in this transaction.
    /// @param secretContract the account created @param deployer who recorded it
    /// @param codeHash keccak256 of the WASM module @param userSalt chosen by the deployer
    event DeploymentRecorded(
        address indexed secretContract, address indexed deployer, bytes32 indexed codeHash, bytes32 userSalt
    );
    /// @notice A signer made an order's nonce unusable. @param signer whose @param nonce which
    event OrderCancelled(address indexed signer, uint256 nonce);

    /// @notice Thrown for a contract without record 0. @param secretContract asked for
    error UnknownContract(address secretContract);
    /// @notice Thrown when 2,048 records wait to be committed. @param secretContract whose queue
    error QueueFull(address secretContract);
    /// @notice Thrown when terms have bits beyond their fields. @param terms as given
    error TermsMalformed(uint256 terms);
    /// @notice Thrown when terms are below the floor, which would make it cheap to load the network.
    /// @param terms as given @param minGasLimit gas @param minGasPriceGrains grains per gas
    /// @param minCallbackPriceGrains grains per callback gas
    error TermsTooLow(uint256 terms, uint256 minGasLimit, uint256 minGasPriceGrains, uint256 minCallbackPriceGrains);
    /// @notice Thrown for more callback gas than a commit can carry. @param callbackGas asked for @param maximum gas
    error CallbackGasTooHigh(uint256 callbackGas, uint256 maximum);
    /// @notice Thrown when a record would lock more than 2^40 - 1 grains. @param locked grains
    error LockTooLarge(uint256 locked);
    /// @notice Thrown for a group of none, of more than 128, or with lists of unequal length.
    /// @param inputs number of inputs hashes @param terms number of terms
    error GroupSizeInvalid(uint256 inputs, uint256 terms);
    /// @notice Thrown when an order's block has passed. @param expiryBlock last block it holds
    error OrderExpired(uint64 expiryBlock);
    /// @notice Thrown for a nonce that is used, cancelled, or outside the signer's window.
    /// @param signer whose @param nonce of the order @param base lowest nonce the window holds
    error OrderNonceUnusable(address signer, uint256 nonce, uint256 base);
    /// @notice Thrown when the signature is not the signer's. @param signer named by the order
    error OrderSignatureInvalid(address signer);
    /// @notice Thrown when an order asks for another key epoch than the one in force or the one before.
    /// @param keyEpoch asked for @param epoch in force
    error OrderKeyEpochStale(uint32 keyEpoch, uint32 epoch);
    /// @notice Thrown when ETH comes with a record that does not say so. @param value wei @param amount stated
    error PaymentMismatch(uint256 value, uint256 amount);

    /// @notice A task somebody signed and somebody else records. EIP-712 type in PROTOCOL §2.6.
    /// @param keyEpoch epoch whose io key the inputs are sealed to
    /// @param nonce any unused number in [base, base + 64) of the signer: parallel orders cost no extra storage
    /// @param expiryBlock last block in which it may be recorded
    /// @param relayerFeeGrains moved from the signer's to the relayer's credit
    /// @param secretContract account address of the secret contract @param inputsHash keccak256 of the sealed envelope
    /// @param gasLimit most gas the task may use, below 2^48 @param gasPriceGrains grains per gas, below 2^40
    /// @param callbackGas gas of its callbacks, at most 10,000,000
    /// @param callbackPriceGrains grains per callback gas, below 2^40
    struct Order {
        address secretContract;
        bytes32 inputsHash;
        uint64 gasLimit;
        uint64 gasPriceGrains;
        uint64 callbackGas;
        uint64 callbackPriceGrains;
        uint32 keyEpoch;
        uint256 nonce;
        uint64 expiryBlock;
        uint64 relayerFeeGrains;
    }

    /// @notice Creates the account of a secret contract and writes record 0 of its queue.
    /// @param codeHash keccak256 of the WASM module
    /// @param userSalt tells several contracts of one deployer and code apart
    /// @param inputsHash keccak256 of the sealed constructor arguments
    /// @param terms the terms word, as above
    /// @return secretContract its address, which commits to the deployer and the code (PROTOCOL §2.4)
    function recordDeployment(bytes32 codeHash, bytes32 userSalt, bytes32 inputsHash, uint256 terms)
        external
        returns (address secretContract);

    /// @notice Records one task of the caller. @return taskId its link
    /// @param secretContract account address of the secret contract @param inputsHash keccak256 of the sealed envelope
    /// @param terms the terms word, as above
    function recordTask(address secretContract, bytes32 inputsHash, uint256 terms) external returns (bytes32 taskId);

    /// @notice As `recordTask` with the sealed envelope in calldata, so that nobody can keep it from the worker.
    /// @param secretContract account address of the secret contract @param inputs the sealed envelope, any bytes
    /// @param terms the terms word, as above @return taskId its link
    function recordTaskWithInputs(address secretContract, bytes calldata inputs, uint256 terms)
        external
        returns (bytes32 taskId);

    /// @notice Records up to 128 tasks of the caller, under one stored link (one more per task with a callback).
    /// @param secretContract account address of the secret contract
    /// @param inputsHashes keccak256 of each sealed envelope @param terms one word a record
    /// @return taskId of the last
    function recordTasks(address secretContract, bytes32[] calldata inputsHashes, uint256[] calldata terms)
        external
        returns (bytes32 taskId);

    /// @notice Records a task that pays its contract: ETH (`token` zero, `amount` equal to the value sent) or an
    /// approved ERC-20, credited with what arrived. It reaches the contract's ledger if the task succeeds, else the
    /// sender's.
    /// @param secretContract account address of the secret contract @param inputsHash keccak256 of the sealed envelope
    /// @param terms the terms word, as above @param token zero: ETH
    /// @param amount in the token's unit; of ETH the value sent @return taskId its link
    function recordPayableTask(address secretContract, bytes32 inputsHash, uint256 terms, address token, uint256 amount)
        external
        payable
        returns (bytes32 taskId);

    /// @notice Records somebody's order; the record's sender is the signer, who needs no ETH.
    /// @param signature 65 bytes of the signer, or whatever a contract account accepts (ERC-1271)
    /// @param order as signed @param signer whose order, whose credit pays @return taskId its link
    function recordOrder(Order calldata order, address signer, bytes calldata signature)
        external
        returns (bytes32 taskId);

    /// @notice Makes nonces of the caller unusable. @param nonces each within the caller's window
    function cancelOrders(uint256[] calldata nonces) external;

    /// @notice The address `recordDeployment` would give. @param deployer who will call it
    /// @param codeHash keccak256 of the WASM module @param userSalt chosen by the deployer @return the address
    function secretContractAddress(address deployer, bytes32 codeHash, bytes32 userSalt)
        external
        view
        returns (address);
}
