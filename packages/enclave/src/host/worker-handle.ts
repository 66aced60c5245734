import type {
  BatchData,
  ChainProof,
  KeyRequest,
  KeyStatement,
  QueuedRecord,
  SealedKeyAnswer,
  SignedBatch,
  StorageReceipt,
  TaskResult,
} from "@enigma-discovery/protocol"
import type { CodeOrigin, PreparedBatch, QueueStatus, TaskInput, ViewStatus, WorkerEnclave } from "../api.ts"
import { WORKER_CALLS } from "../pipe/calls.ts"
import { EnclaveHandle, type HandleOptions } from "./enclave-handle.ts"
import { replayPortions } from "./replay-portions.ts"

/** A worker enclave over any link. */
export class WorkerHandle extends EnclaveHandle<typeof WORKER_CALLS> implements WorkerEnclave {
  constructor(options: HandleOptions) {
    super(WORKER_CALLS, options)
  }

  advance(
    proof: ChainProof,
    workerId: number,
    contracts: readonly Uint8Array[],
    otherWorkers: readonly number[],
  ): Promise<ViewStatus> {
    return this.call("advance", { proof, workerId, contracts, otherWorkers })
  }

  queue(contract: Uint8Array): Promise<QueueStatus> {
    return this.call("queue", { contract })
  }

  async keyRequest(contract: Uint8Array): Promise<KeyRequest | undefined> {
    return (await this.call("keyRequest", { contract })).request
  }

  async keyAnswers(contract: Uint8Array, answers: readonly SealedKeyAnswer[]): Promise<void> {
    await this.call("keyAnswers", { contract, answers })
  }

  keyStatement(contract: Uint8Array): Promise<KeyStatement> {
    return this.call("keyStatement", { contract })
  }

  async loadCode(contract: Uint8Array, origin: CodeOrigin, code: Uint8Array): Promise<void> {
    await this.call("loadCode", { contract, origin, code })
  }

  /** In portions, of which one is on the way while the enclave takes another. */
  async replay(contract: Uint8Array, deltas: readonly Uint8Array[]): Promise<QueueStatus> {
    let last: Promise<QueueStatus> | undefined
    for (const portion of replayPortions(deltas)) {
      const next = this.call("replay", { contract, ...portion })
      next.catch(() => undefined) // it is awaited below, unless the one before it fails
      await last
      last = next
    }
    return await last!
  }

  proveRecords(contract: Uint8Array, previousLink: Uint8Array, records: readonly QueuedRecord[]): Promise<QueueStatus> {
    return this.call("proveRecords", { contract, previousLink, records })
  }

  async execute(contract: Uint8Array, tasks: readonly TaskInput[]): Promise<readonly TaskResult[]> {
    return (await this.call("execute", { contract, tasks })).results
  }

  async collect(contract: Uint8Array): Promise<readonly TaskResult[]> {
    return (await this.call("collect", { contract })).results
  }

  async prepareBatch(contract: Uint8Array): Promise<PreparedBatch | undefined> {
    return (await this.call("prepareBatch", { contract })).batch
  }

  signBatch(contract: Uint8Array, receipts: readonly StorageReceipt[]): Promise<SignedBatch> {
    return this.call("signBatch", { contract, receipts })
  }

  attestStorage(data: BatchData, origin?: CodeOrigin): Promise<StorageReceipt> {
    return this.call("attestStorage", { data, origin })
  }

  async query(contract: Uint8Array, query: Uint8Array): Promise<Uint8Array> {
    return (await this.call("query", { contract, query })).answer
  }
}
