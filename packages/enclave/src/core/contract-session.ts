import { keccak256, signDigest } from "@enigma-discovery/crypto"
import {
  equalBytes,
  type KeyRequest,
  type KeyStatement,
  type NetworkConfig,
  type QueuedRecord,
  type SealedKeyAnswer,
  type SignedBatch,
  type StorageReceipt,
  scheduledStart,
  type TaskResult,
} from "@enigma-discovery/protocol"
import { contractAddress, keyStatementDigest, type RegisteredWorker } from "@enigma-discovery/verify"
import type { CodeOrigin, PreparedBatch, QueueStatus, TaskInput } from "../api.ts"
import { enclaveErrors } from "../errors.ts"
import { answerQuery } from "./answer-query.ts"
import { BatchDesk } from "./batch-desk.ts"
import { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"
import type { Engine } from "./engine.ts"
import { ExecutionChain } from "./execution-chain.ts"
import type { Identity } from "./identity.ts"
import { KeyExchange, wantedKeys } from "./key-exchange.ts"
import { QueueWindow } from "./queue-window.ts"
import { followKeys, replayDeltas, type WrappedKeyOf } from "./replay.ts"
import { signResults } from "./results.ts"
import type { StateEntry } from "./state-map.ts"
import type { ContractCode, TaskSetting } from "./task.ts"
import { executeRun } from "./task-run.ts"
import type { KnownBlock } from "./trusted-headers.ts"
import type { ListedView } from "./worker-view.ts"

export interface SessionSetting {
  readonly domain: Domain
  readonly config: NetworkConfig
  readonly identity: Identity
  readonly engine: Engine
}

/** Everything one enclave knows and does about one contract. */
export class ContractSession {
  readonly #setting: SessionSetting
  readonly #contract: Uint8Array
  readonly #keys: ContractKeys
  readonly #exchange: KeyExchange
  readonly #queue: QueueWindow
  readonly #desk: BatchDesk
  readonly #chain = new ExecutionChain()
  #view: ListedView
  #isDrawn = false
  #code: ContractCode | undefined
  /** Result of the last task, while the outcome of its callbacks is not proven. */
  #awaited: TaskResult | undefined
  #released: readonly TaskResult[] = []

  constructor(setting: SessionSetting, view: ListedView) {
    const { domain, config, identity } = setting
    this.#setting = setting
    this.#contract = view.contract.contract
    this.#view = view
    this.#keys = new ContractKeys(domain, this.#contract)
    const committee = { threshold: config.keyThreshold, groupKey: config.contractKey }
    this.#exchange = new KeyExchange(domain, committee, identity.recipient, this.#keys)
    this.#queue = new QueueWindow(domain, this.#contract)
    this.#desk = new BatchDesk(domain, config, identity)
  }

  /** Takes a newer proven view of this contract. */
  follow(view: ListedView, isDrawn: boolean): void {
    const previousEpoch = this.#view.state.epoch
    this.#view = view
    this.#queue.follow(view)
    const outcome = this.#chain.follow(view.contract.queue)
    if (outcome !== undefined && this.#awaited !== undefined) {
      const { task, callbacksOk } = outcome
      const output = callbacksOk ? task.output : task.fallbackOutput
      this.#released = [...this.#released, Object.freeze({ ...this.#awaited, delta: undefined, output })]
    }
    if (!this.#chain.awaitsOutcome) this.#awaited = undefined
    this.#voidContradicted()
    if (view.state.epoch !== previousEpoch || isDrawn !== this.#isDrawn) this.enterEpoch(isDrawn)
  }

  /** A new epoch, or none of ours any more: what was executed and not committed is void, its keys are wiped. */
  enterEpoch(isDrawn: boolean): void {
    this.#isDrawn = isDrawn
    this.#chain.rollback()
    this.#awaited = undefined
    this.#keys.wipe()
    this.#exchange.reset()
    this.#desk.reset()
    if (!isDrawn) this.#drop()
  }

  status(): QueueStatus {
    const { queue } = this.#view.contract
    const { state, anchor, executed, inSync } = this.#chain
    return Object.freeze({
      contract: this.#contract,
      submitted: queue.submitted,
      committed: queue.committed,
      proven: this.#queue.length,
      executed: executed.length,
      head: state.head,
      anchoredHead: anchor.head,
      drawn: this.#isDrawn,
      hasCode: this.#code !== undefined,
      hasKeys: this.#isDrawn && wantedKeys(this.#view, this.#queue.firstEpoch, this.#keys).length === 0,
      inSync,
    })
  }

  debugState(): readonly StateEntry[] {
    return this.#chain.state.map.entries()
  }

  keyRequest(workerId: number): KeyRequest | undefined {
    this.#requireDrawn()
    return this.#exchange.request(this.#view, workerId, this.#queue.firstEpoch)
  }

  keyAnswers(answers: readonly SealedKeyAnswer[]): KnownBlock {
    this.#requireDrawn()
    return this.#exchange.answer(answers)
  }

  keyStatement(workerId: number): KeyStatement {
    this.#requireDrawn()
    const { epoch } = this.#view.state
    const statement = { contract: this.#contract, epoch, ioPublicKey: this.#keys.io(epoch).publicKey }
    const { domain, identity } = this.#setting
    const signature = signDigest(keyStatementDigest(domain, statement), identity.signingKey)
    return Object.freeze({ ...statement, workerId, signature })
  }

  /** @throws ENCLAVE_CODE_MISMATCH */
  loadCode(origin: CodeOrigin, code: Uint8Array): void {
    checkCodeOrigin(this.#setting.domain, this.#contract, origin, keccak256(code))
    this.#code ??= { codeHash: origin.codeHash, code }
  }

  /** `wrappedKeys`: of deltas that come with later calls. */
  replay(deltas: readonly Uint8Array[], wrappedKeys: readonly WrappedKeyOf[]): void {
    this.#requireDrawn()
    const { domain } = this.#setting
    followKeys(domain, this.#contract, this.#keys, wrappedKeys)
    replayDeltas(domain, this.#contract, this.#keys, this.#chain, deltas)
  }

  proveRecords(previousLink: Uint8Array, records: readonly QueuedRecord[]): void {
    this.#queue.prove(this.#view, previousLink, records)
    this.#voidContradicted()
  }

  /** Executes what it can, in order; an obstacle ends the run, and is an error only when nothing was executed before it. */
  async execute(workerId: number, tasks: readonly TaskInput[]): Promise<readonly TaskResult[]> {
    this.#requireDrawn()
    if (!this.#chain.inSync) throw enclaveErrors.make("OUT_OF_SYNC")
    const { domain, engine, identity } = this.#setting
    const place = { setting: this.#taskSetting(), engine, queue: this.#queue, chain: this.#chain }
    const done = await executeRun(place, tasks)
    const maker = { contract: this.#contract, epoch: this.#view.state.epoch, workerId }
    const results = signResults(domain, identity, maker, done)
    if (this.#chain.awaitsOutcome) this.#awaited = results.at(-1)
    return results
  }

  collect(): readonly TaskResult[] {
    const released = this.#released
    this.#released = []
    return released
  }

  prepareBatch(): PreparedBatch | undefined {
    this.#requireDrawn()
    if (!this.#chain.inSync) throw enclaveErrors.make("OUT_OF_SYNC")
    return this.#desk.prepare({ view: this.#view, chain: this.#chain, code: this.#code })
  }

  signBatch(
    self: RegisteredWorker,
    others: readonly RegisteredWorker[],
    receipts: readonly StorageReceipt[],
  ): SignedBatch {
    this.#requireDrawn()
    return this.#desk.sign({ view: this.#view, chain: this.#chain, code: this.#code }, self, others, receipts)
  }

  /** @throws ENCLAVE_QUERY_REFUSED, ENCLAVE_OUT_OF_SYNC, ENCLAVE_ENGINE_LOST, PROTOCOL_* */
  async query(sealedQuery: Uint8Array): Promise<Uint8Array> {
    this.#requireDrawn()
    // A host that keeps deltas back would have old state answered as if it were the committed one.
    if (!this.#chain.inSync) throw enclaveErrors.make("OUT_OF_SYNC")
    if (this.#code === undefined) throw enclaveErrors.make("CODE_MISSING")
    const { domain, engine } = this.#setting
    const place = { domain, engine, contract: this.#contract, keys: this.#keys, code: this.#code, view: this.#view }
    return await answerQuery(place, this.#chain, sealedQuery)
  }

  wipe(): void {
    this.#keys.wipe()
    this.#drop()
  }

  #drop(): void {
    this.#chain.drop()
    this.#setting.engine.forget(this.#contract)
  }

  #taskSetting(): TaskSetting {
    const { domain, config } = this.#setting
    const { chain, state } = this.#view
    const { number } = chain.header
    const length = BigInt(config.epochLengthBlocks)
    return {
      domain,
      contract: this.#contract,
      epoch: state.epoch,
      keys: this.#keys,
      code: this.#code,
      provenBlock: number,
      nextScheduledStart: scheduledStart(number, length) + length,
      expiryBlocks: BigInt(config.expiryBlocks),
      inputsGraceBlocks: BigInt(config.inputsGraceBlocks),
    }
  }

  /** Undoes what was executed and stands in no proven queue any more (a re-org below the depth); no batch of it is signed. */
  #voidContradicted(): void {
    const isContradicted = this.#chain.executed.some(({ placed }) => {
      const known = this.#queue.at(placed.index)
      return known === undefined || !equalBytes(known.taskId, placed.taskId)
    })
    if (!isContradicted) return
    this.#chain.rollback()
    this.#desk.reset()
  }

  #requireDrawn(): void {
    if (!this.#isDrawn) throw enclaveErrors.make("NOT_DRAWN", { epoch: this.#view.state.epoch })
  }
}

/** That code belongs to a contract: its hash is in the preimage of the address (PROTOCOL §2.4). @throws ENCLAVE_CODE_MISMATCH */
export function checkCodeOrigin(
  { enigma }: Domain,
  contract: Uint8Array,
  origin: CodeOrigin,
  codeHash: Uint8Array,
): void {
  const isOurs = equalBytes(origin.codeHash, codeHash) && equalBytes(contractAddress({ enigma, ...origin }), contract)
  if (!isOurs) throw enclaveErrors.make("CODE_MISMATCH")
}
