import { type CryptoProvider, signDigest } from "@enigma-discovery/crypto"
import {
  equalBytes,
  type Hex,
  isZero,
  type NetworkConfig,
  scheduledStart,
  toHex,
  WORKER_STATUS,
} from "@enigma-discovery/protocol"
import {
  checkBatchData,
  type HeaderTrust,
  openChainProof,
  readProven,
  reportData,
  storageDigest,
  trustHash,
  witnessTrust,
} from "@enigma-discovery/verify"
import type { ViewStatus } from "../api.ts"
import { enclaveErrors } from "../errors.ts"
import type { RequestOf, WORKER_CALLS, WorkerHandlers } from "../pipe/calls.ts"
import { checkConfig } from "./check-config.ts"
import { ContractSession, checkCodeOrigin } from "./contract-session.ts"
import { type Domain, domainOf } from "./domain.ts"
import type { Engine } from "./engine.ts"
import { type Identity, newIdentity } from "./identity.ts"
import { TrustedHeaders } from "./trusted-headers.ts"
import { type WorkerView, workerViewClaim } from "./worker-view.ts"

type Request<N extends keyof typeof WORKER_CALLS> = RequestOf<(typeof WORKER_CALLS)[N]>

export interface WorkerParts {
  readonly crypto: CryptoProvider
  readonly engine: Engine
  /** Of the in-process form of tests; the measured program makes its own. */
  readonly identity?: Identity
}

/** What is fixed from `configure` on. */
interface Network {
  readonly config: NetworkConfig
  readonly domain: Domain
  readonly trust: HeaderTrust
  readonly headers: TrustedHeaders
}

interface Present {
  readonly view: WorkerView
  readonly blockNumber: bigint
  readonly workerId: number
}

/** The worker program: one enclave's identity, its chain view, and a session for each contract it was shown. */
export class Worker implements WorkerHandlers {
  readonly #parts: WorkerParts
  readonly #identity: Identity
  readonly #sessions = new Map<Hex, ContractSession>()
  #network: Network | undefined
  #present: Present | undefined

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.#identity = parts.identity ?? newIdentity(parts.crypto)
  }

  configure({ config }: Request<"configure">) {
    if (this.#network !== undefined) throw enclaveErrors.make("ALREADY_CONFIGURED")
    checkConfig(config)
    const domain = domainOf(config, this.#parts.crypto)
    const headers = new TrustedHeaders(config.depth)
    this.#network = Object.freeze({ config, domain, headers, trust: witnessTrust(config) })
    return this.#identity.public
  }

  report({ operator }: Request<"report">) {
    const { config, domain } = this.#configured()
    const report = { role: "worker", operator, ...this.#identity.public, trustHash: trustHash(config) } as const
    return { reportData: reportData(domain, report) }
  }

  /** All or nothing: a proof that lacks anything it should show changes nothing. */
  advance({ proof, workerId, contracts, otherWorkers }: Request<"advance">): ViewStatus {
    const { config, trust, headers } = this.#configured()
    const chain = openChainProof(proof, config.enigma, trust)
    const { header, confirmations } = chain
    const present = this.#present
    const view = readProven(workerViewClaim(workerId, contracts, otherWorkers), chain)
    headers.accept(header, confirmations)
    this.#present = Object.freeze({ view, blockNumber: header.number, workerId })
    const listed = new Set(view.contracts.map(({ contract }) => toHex(contract)))
    for (const contract of view.contracts) this.#show(toHex(contract.contract), { chain, state: view.state, contract })
    const isNewEpoch = present !== undefined && present.view.state.epoch !== view.state.epoch
    for (const [key, session] of this.#sessions) if (isNewEpoch && !listed.has(key)) session.enterEpoch(false)
    const length = BigInt(config.epochLengthBlocks)
    return {
      blockNumber: header.number,
      blockHash: header.hash,
      confirmations,
      epoch: view.state.epoch,
      nextScheduledStart: scheduledStart(header.number, length) + length,
    }
  }

  queue({ contract }: Request<"queue">) {
    return this.#session(contract).status()
  }

  keyRequest({ contract }: Request<"keyRequest">) {
    const { workerId } = this.#acting(contract)
    return { request: this.#session(contract).keyRequest(workerId) }
  }

  keyAnswers({ contract, answers }: Request<"keyAnswers">) {
    this.#acting(contract)
    const newest = this.#session(contract).keyAnswers(answers)
    this.#configured().headers.raiseFloor(newest)
    return {}
  }

  keyStatement({ contract }: Request<"keyStatement">) {
    const { workerId } = this.#acting(contract)
    return this.#session(contract).keyStatement(workerId)
  }

  loadCode({ contract, origin, code }: Request<"loadCode">) {
    this.#session(contract).loadCode(origin, code)
    return {}
  }

  proveRecords({ contract, previousLink, records }: Request<"proveRecords">) {
    const session = this.#session(contract)
    session.proveRecords(previousLink, records)
    return session.status()
  }

  replay({ contract, deltas, wrappedKeys }: Request<"replay">) {
    this.#acting(contract)
    const session = this.#session(contract)
    session.replay(deltas, wrappedKeys)
    return session.status()
  }

  async execute({ contract, tasks }: Request<"execute">) {
    const { workerId } = this.#acting(contract)
    return { results: await this.#session(contract).execute(workerId, tasks) }
  }

  collect({ contract }: Request<"collect">) {
    return { results: this.#session(contract).collect() }
  }

  prepareBatch({ contract }: Request<"prepareBatch">) {
    this.#acting(contract)
    return { batch: this.#session(contract).prepareBatch() }
  }

  signBatch({ contract, receipts }: Request<"signBatch">) {
    const { view } = this.#acting(contract)
    return this.#session(contract).signBatch(view.worker!, view.otherWorkers, receipts)
  }

  attestStorage({ data, origin }: Request<"attestStorage">) {
    const { domain } = this.#configured()
    const codeHash = origin?.codeHash ?? new Uint8Array(32)
    if (data.code !== undefined) {
      if (origin === undefined) throw enclaveErrors.make("CODE_MISMATCH")
      checkCodeOrigin(domain, data.contract, origin, codeHash)
    }
    const root = checkBatchData(data, codeHash)
    const signature = signDigest(storageDigest(domain, data, root), this.#identity.signingKey)
    return { workerId: this.#presentView().workerId, signature }
  }

  async query({ contract, query }: Request<"query">) {
    this.#acting(contract)
    return { answer: await this.#session(contract).query(query) }
  }

  /** State entries of a contract in clear. No call of the pipe leads here: only the in-process form of tests can ask. */
  debugState(contract: Uint8Array) {
    return this.#session(contract).debugState()
  }

  wipe(): void {
    for (const session of this.#sessions.values()) session.wipe()
    this.#identity.signingKey.wipe()
    this.#identity.recipient.secretKey.wipe()
  }

  #show(key: Hex, listed: ConstructorParameters<typeof ContractSession>[1]): void {
    const { config, domain } = this.#configured()
    const setting = { domain, config, identity: this.#identity, engine: this.#parts.engine }
    const known = this.#sessions.get(key)
    const session = known ?? new ContractSession(setting, listed)
    if (known === undefined) this.#sessions.set(key, session)
    session.follow(listed, this.#mayAct(listed.contract.drawnWorker))
  }

  /** Drawn, and registered with this very enclave. */
  #mayAct(drawnWorker: number | undefined): boolean {
    const { view, workerId } = this.#presentView()
    const { worker } = view
    return (
      worker !== undefined &&
      drawnWorker === workerId &&
      equalBytes(worker.signer, this.#identity.public.signer) &&
      equalBytes(worker.encryptionKey, this.#identity.public.encryptionKey) &&
      worker.status !== WORKER_STATUS.Banned
    )
  }

  /** For what needs keys or signs: the view must reach as far as key managers know the chain. */
  #acting(contract: Uint8Array): Present {
    const present = this.#presentView()
    const newest = this.#configured().headers.newest
    if (newest !== undefined && newest.number > present.blockNumber)
      throw enclaveErrors.make("VIEW_STALE", { want: newest.number, got: present.blockNumber })
    const { worker } = present.view
    if (worker !== undefined && !isZero(worker.signer) && !equalBytes(worker.signer, this.#identity.public.signer))
      throw enclaveErrors.make("NOT_THIS_WORKER", { workerId: present.workerId })
    this.#session(contract)
    return present
  }

  #configured(): Network {
    if (this.#network === undefined) throw enclaveErrors.make("NOT_CONFIGURED")
    return this.#network
  }

  #presentView(): Present {
    this.#configured()
    if (this.#present === undefined) throw enclaveErrors.make("NO_VIEW")
    return this.#present
  }

  #session(contract: Uint8Array): ContractSession {
    this.#presentView()
    const session = this.#sessions.get(toHex(contract))
    if (session === undefined) throw enclaveErrors.make("UNKNOWN_CONTRACT")
    return session
  }
}
