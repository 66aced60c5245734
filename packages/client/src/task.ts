/** A task on its way: prepared here, recorded on chain (PROTOCOL §3.1). */
import type { SecretKey } from "@enigma-discovery/crypto"
import type { Hex, Receipt, ReceiptStatusName, TaskRecord } from "@enigma-discovery/protocol"
import type { VerifiedWorker } from "./contract-key.ts"
import type { TaskKey } from "./seal.ts"

/** What a task may cost. */
export interface TaskPrice {
  /** WASM gas, from Enigma's minimum to 2^48 - 1. */
  readonly gasLimit: bigint
  /** Grains (1e-8 ENG) a unit of gas. */
  readonly gasPriceGrains: bigint
  /** Ethereum gas for the calls the contract makes at the end; 0 for none. */
  readonly callbackGas: bigint
  readonly callbackPriceGrains: bigint
}

/** `Result` is the type of the decoded answer; it exists for the compiler alone. */
export interface PreparedTask<Result = unknown> {
  readonly contract: Hex
  readonly sender: Hex
  readonly codeHash: Hex
  /** Set for record 0 of a contract. */
  readonly deployment: { readonly userSalt: Hex } | undefined
  /** How the answer is decoded; see `ResolvedFunction`. */
  readonly signature: string
  readonly price: TaskPrice
  /** Epoch of the key that the inputs are sealed to. */
  readonly keyEpoch: number
  readonly envelope: Uint8Array
  /** Keccak-256 of the envelope. */
  readonly inputsHash: Hex
  readonly key: TaskKey
  /** Who was verified before sealing; undefined for a task from `importTask`. */
  readonly worker: VerifiedWorker | undefined
  /** Calldata, kept to seal it anew when the epoch changes before the record; undefined for a task from `importTask`. */
  readonly calldata: SecretKey | undefined
  readonly resultType?: Result
}

export interface RecordedTask<Result = unknown> {
  readonly task: PreparedTask<Result>
  /** Place in the contract's queue, from 0. */
  readonly index: number
  /** The record's link; 32 bytes. */
  readonly taskId: Hex
  readonly record: TaskRecord
  readonly lockedGrains: bigint
  readonly blockNumber: number
  readonly blockHash: Hex
  readonly transactionHash: Hex
}

/** How a task ended. `value` is set when the call returned. */
export interface TaskOutcome<Result = unknown> {
  readonly status: ReceiptStatusName
  readonly returned: boolean
  readonly value: Result | undefined
  /** The error that `result()` throws; undefined when the call returned. */
  readonly error: Error | undefined
  /** Exact gas, known to the user alone; undefined when there is no output to tell it. */
  readonly gasUsed: bigint | undefined
  /** Encrypted events of the contract, as it encoded them. */
  readonly events: readonly Uint8Array[]
  /** Undefined for a settled record: nobody executed it. */
  readonly receipt: Receipt | undefined
  /** "executed": signed by the drawn worker's enclave; "committed": resolved on chain. */
  readonly finality: "executed" | "committed"
}

/** Proven on chain: the receipt is in a batch that Enigma accepted. */
export interface VerifiedReceipt {
  readonly receipt: Receipt
  /** The status that holds: CallbackFailed when the batch's callbacks failed, whatever the receipt says. */
  readonly status: ReceiptStatusName
  /** The output hash that holds, 32 bytes; zero when there is none. */
  readonly outputHash: Uint8Array
  /** The sealed output that holds; undefined when there is none, or no gateway has it yet. */
  readonly output: Uint8Array | undefined
  /** Siblings from the leaf up: with `receipt`, what `ReceiptProof` in Solidity takes. */
  readonly proof: readonly Uint8Array[]
  readonly receiptsRoot: Uint8Array
  /** Worker whose enclave signed the batch. */
  readonly workerId: number
  readonly fromIndex: number
  readonly toIndex: number
  readonly callbacksFailed: boolean
  readonly transactionHash: Hex
  readonly blockNumber: number
}

/** A step of a task's way, as `states()` tells them. */
export type TaskProgress =
  | { readonly state: "recorded"; readonly taskId: Hex; readonly index: number; readonly blockNumber: number }
  | { readonly state: "executed"; readonly taskId: Hex; readonly index: number; readonly status: ReceiptStatusName }
  | { readonly state: "committed"; readonly taskId: Hex; readonly index: number; readonly receipt: VerifiedReceipt }
  | { readonly state: "settled"; readonly taskId: Hex; readonly index: number; readonly transactionHash: Hex }
