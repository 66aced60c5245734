/** The parts of the Enigma contract that this package reads and writes, as the interfaces of contracts-sol declare them. */
import { Interface } from "ethers"

const BATCH =
  "(address secretContract, uint32 epoch, uint32 fromIndex, uint32 toIndex, bytes32 previousLink, bytes32 leaf, uint64 cumLockedGrains, bytes32 previousHead, bytes32 newHead, bytes32 fallbackHead, bytes32 receiptsRoot, uint64 feeGrains, uint64 forfeitedGrains, bytes32[] refunds, (address token, address to, uint128 amount)[] payouts, uint32[] missing, (address target, uint32 gasLimit, bytes data)[] callbacks, uint64 validUntilBlock, (bytes32 leaf, uint64 cumLockedGrains)[] later, bytes signature)"

export const ENIGMA_FRAGMENTS = [
  "event TaskRecorded(address indexed secretContract, address sender, bytes32 inputsHash, uint256 terms)",
  "event TasksRecorded(address indexed secretContract, address sender, bytes32[] inputsHashes, uint256[] terms)",
  "event TaskPaid(address indexed secretContract, uint32 index, address token, uint128 amount)",
  "event DeploymentRecorded(address indexed secretContract, address indexed deployer, bytes32 indexed codeHash, bytes32 userSalt)",
  "event BatchCommitted(address indexed secretContract, uint32 indexed workerId, uint32 fromIndex, uint32 toIndex, bytes32 receiptsRoot, bytes32 head, bool callbacksFailed)",
  "event EpochOpened(uint32 indexed epoch, bytes32 seed, uint256 scheduledStartBlock, address indexed keeper, uint256 reward)",
  "event RecordsSettled(address indexed secretContract, uint32 fromIndex, uint32 toIndex, address indexed keeper, uint256 reward)",
  "event WorkerAttested(uint32 indexed workerId, address indexed signer, bytes32 encryptionKey, uint256 expiryS, bytes quote)",
  "function recordTaskWithInputs(address secretContract, bytes inputs, uint256 terms) returns (bytes32)",
  `function commitBatch(${BATCH} batch)`,
  "function openEpoch(bytes beacon)",
] as const

export const enigmaInterface = new Interface(ENIGMA_FRAGMENTS)
