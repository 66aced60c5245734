/**
 * The gateway's JSON-RPC methods (PROTOCOL §10). Bytes are 0x-hex; a structure of this specification travels as the hex of
 * its one encoding, so that a gateway can neither reorder nor reinterpret it.
 */
import type { Hex } from "./bytes.ts"

export const GATEWAY_METHODS = {
  /** [] -> GatewayStatus */
  status: "enigma_status",
  /** [contract] -> hex of REQUESTS.keyStatement.response; asked of the drawn worker where it is another node. */
  keyStatement: "enigma_keyStatement",
  /** [code] -> its Keccak-256. Kept and served to whoever deploys it. */
  submitCode: "enigma_submitCode",
  /** [contract, sender, envelope] -> its Keccak-256. Gossiped to the contract's topic. */
  submitEnvelope: "enigma_submitEnvelope",
  /** [contract, index] -> hex of TaskResult, or null while there is none. */
  taskResult: "enigma_taskResult",
  /** [contract, index] -> CommittedReceipt, or null while its batch is not on chain. */
  receipt: "enigma_receipt",
  /** [contract, sealed query] -> sealed answer (PROTOCOL §6.6); asked of the drawn worker where it is another node. */
  query: "enigma_query",
  /** [codeHash] -> code, or null. */
  code: "enigma_code",
} as const
export type GatewayMethod = (typeof GATEWAY_METHODS)[keyof typeof GATEWAY_METHODS]

export interface GatewayStatus {
  readonly version: string
  readonly chainId: string
  readonly enigma: Hex
  readonly role: string
  readonly peerId: string
  readonly workerId: number
  readonly operator: Hex
  readonly blockNumber: number
  readonly epoch: number
  readonly measurement: Hex
  readonly isolation: string
  readonly headerTrust: string
  readonly addresses: readonly string[]
}

export interface CommittedReceipt {
  /** Hex of ReceiptCodec. */
  readonly receipt: Hex
  /** Sibling hashes from the leaf up. */
  readonly proof: readonly Hex[]
  /** Hex of SignedBatchCodec. */
  readonly batch: Hex
  readonly transactionHash: Hex
  /** Whether the batch's callbacks succeeded (true when it had none). */
  readonly callbacksOk: boolean
  /** Sealed outputs of the task that are released. */
  readonly outputs: readonly Hex[]
}

/** JSON-RPC error codes (EIP-1474 for the standard ones). */
export const GATEWAY_ERROR = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  unavailable: -32001,
  refused: -32002,
  limit: -32005,
} as const
export const MAX_GATEWAY_BODY_BYTES = 4_194_304
export const MAX_GATEWAY_BATCH = 32
