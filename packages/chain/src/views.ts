/** Small questions to the chain, each answered by a claim over Enigma's storage at one block. */
import {
  type Assignment,
  assignmentClaim,
  type EpochState,
  epochStateClaim,
  linkClaim,
  type ProvenQueue,
  queueClaim,
  type RegisteredWorker,
  workerClaim,
} from "@enigma-discovery/verify"
import type { BlockHeader } from "./blocks.ts"
import type { ChainRpc } from "./rpc.ts"
import { readClaim } from "./storage.ts"

/** Where and when to look. */
export interface At {
  readonly rpc: ChainRpc
  readonly enigma: Uint8Array
  readonly block: Pick<BlockHeader, "number" | "timestampS">
  readonly signal?: AbortSignal
}

export const readEpoch = ({ rpc, enigma, block, signal }: At): Promise<EpochState> =>
  readClaim(rpc, enigma, epochStateClaim(), block, signal)

export const readQueue = ({ rpc, enigma, block, signal }: At, contract: Uint8Array): Promise<ProvenQueue> =>
  readClaim(rpc, enigma, queueClaim(contract), block, signal)

/** @throws VERIFY_LINK_GONE */
export const readLink = ({ rpc, enigma, block, signal }: At, contract: Uint8Array, index: number, queue: ProvenQueue) =>
  readClaim(rpc, enigma, linkClaim(contract, index, queue), block, signal)

/** @throws VERIFY_NOT_REGISTERED */
export const readRegisteredWorker = ({ rpc, enigma, block, signal }: At, workerId: number): Promise<RegisteredWorker> =>
  readClaim(rpc, enigma, workerClaim(workerId), block, signal)

/** Who is drawn for a contract in the epoch in force. @throws VERIFY_* when nobody is, or the drawn one may not act */
export const readAssignment = ({ rpc, enigma, block, signal }: At, contract: Uint8Array): Promise<Assignment> =>
  readClaim(rpc, enigma, assignmentClaim(contract, BigInt(block.timestampS)), block, signal)
