/** The part of Enigma's interface that a client uses (contracts-sol IEnigma), and its errors, for telling why it refused. */
import { Interface } from "ethers"

const PARAMETERS =
  "tuple(address token, address governor, address verifier, bytes32 trustHash, bytes beaconKey, bytes contractKey, uint32 epochLengthBlocks, uint32 openWindowBlocks, uint32 commitWindowBlocks, uint32 expiryBlocks, uint64 baseFeeGrains, uint64 minGasLimit, uint64 minGasPriceGrains, uint64 minCallbackPriceGrains, uint64 minStakeGrains, uint32 unbondingBlocks, uint32 overdueBlocks, uint64 capacityGas, uint32 jailEpochs, uint64 noShowPenaltyGrains, uint16 equivocationSlashBps, uint16 proofRewardBps, uint64 openRewardGrains, uint64 settleRewardGrains, bool intakeOpen)"

export const enigmaInterface = new Interface([
  `function parameters() view returns (${PARAMETERS})`,
  "function accountImplementation() view returns (address)",
  "function creditOf(address account) view returns (uint256)",
  "function orderNonces(address signer) view returns (uint256 base, uint64 used)",
  "function deposit(address account, uint256 amount)",
  "function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
  "function withdraw(address to, uint256 amount)",
  "function recordDeployment(bytes32 codeHash, bytes32 userSalt, bytes32 inputsHash, uint256 terms) returns (address)",
  "function recordTask(address secretContract, bytes32 inputsHash, uint256 terms) returns (bytes32)",
  "function recordTaskWithInputs(address secretContract, bytes inputs, uint256 terms) returns (bytes32)",
  "function recordTasks(address secretContract, bytes32[] inputsHashes, uint256[] terms) returns (bytes32)",
  "event TaskRecorded(address indexed secretContract, address sender, bytes32 inputsHash, uint256 terms)",
  "event TasksRecorded(address indexed secretContract, address sender, bytes32[] inputsHashes, uint256[] terms)",
  "event TaskPaid(address indexed secretContract, uint32 index, address token, uint128 amount)",
  "event DeploymentRecorded(address indexed secretContract, address indexed deployer, bytes32 indexed codeHash, bytes32 userSalt)",
  "event BatchCommitted(address indexed secretContract, uint32 indexed workerId, uint32 fromIndex, uint32 toIndex, bytes32 receiptsRoot, bytes32 head, bool callbacksFailed)",
  "event RecordsSettled(address indexed secretContract, uint32 fromIndex, uint32 toIndex, address indexed keeper, uint256 reward)",
  "error CreditTooLow(address account, uint256 credit, uint256 required)",
  "error AmountOutOfRange(uint256 amount)",
  "error UnknownContract(address secretContract)",
  "error QueueFull(address secretContract)",
  "error TermsMalformed(uint256 terms)",
  "error TermsTooLow(uint256 terms, uint256 minGasLimit, uint256 minGasPriceGrains, uint256 minCallbackPriceGrains)",
  "error LockTooLarge(uint256 locked)",
  "error GroupSizeInvalid(uint256 inputs, uint256 terms)",
  "error OrderExpired(uint64 expiryBlock)",
  "error OrderNonceUnusable(address signer, uint256 nonce, uint256 base)",
  "error OrderSignatureInvalid(address signer)",
  "error OrderKeyEpochStale(uint32 keyEpoch, uint32 epoch)",
  "error PaymentMismatch(uint256 value, uint256 amount)",
  "error IntakePaused()",
  // OpenZeppelin's token and proxy errors that reach a user
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error FailedDeployment()",
  "error SafeERC20FailedOperation(address token)",
])

export const tokenInterface = new Interface([
  "function balanceOf(address account) view returns (uint256)",
  "function nonces(address owner) view returns (uint256)",
  "function name() view returns (string)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 value) returns (bool)",
])

export const verifierInterface = new Interface(["function isAllowed(bytes32 measurement) view returns (bool)"])
