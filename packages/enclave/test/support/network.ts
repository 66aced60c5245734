import { keccak256 } from "@enigma-discovery/crypto"
import {
  type KeyStatement,
  type NetworkConfig,
  type QueuedRecord,
  RECORD_FLAG,
  type SignedBatch,
  type StorageReceipt,
  type TaskResult,
} from "@enigma-discovery/protocol"
import { contractAddress } from "@enigma-discovery/verify"
import type { CodeOrigin, EnclaveIdentity, KeyManagerEnclave, PreparedBatch, WorkerEnclave } from "../../src/api.ts"
import { createDevQuoting } from "../../src/host/dev-quoting.ts"
import { startKeyManagerEnclaveInProcess, startWorkerEnclaveInProcess } from "../../src/host/start.ts"
import { namedKey } from "./fake-chain.ts"
import { FakeEnigma } from "./fake-enigma.ts"
import { lab, labCode } from "./lab-contract.ts"
import { addressOf } from "./names.ts"
import { type RecordFields, recordOf, type SealedTask, User } from "./user.ts"

export const quoting = createDevQuoting({
  rootKey: keccak256(new Uint8Array([1])),
  now: () => 1_700_000_000n,
})
const NO_KEYS = { beaconKey: new Uint8Array(256), contractKey: new Uint8Array(256) }
const measurement = new Uint8Array(32).fill(0x51)

/** How enclaves are made: in-process here, processes where a test asks for them. */
export interface Backend {
  worker(): Promise<WorkerEnclave>
  keyManager(): Promise<KeyManagerEnclave>
}

export const inProcess: Backend = {
  worker: () => startWorkerEnclaveInProcess({ measurement, quoting }),
  keyManager: () => startKeyManagerEnclaveInProcess({ measurement, quoting }),
}

export interface NetworkOptions {
  readonly backend?: Backend
  readonly workers?: number
  readonly config?: Partial<NetworkConfig>
  readonly code?: Uint8Array
  /** A manager that has its share already; its committee's keys are in `config` then. */
  readonly committee?: KeyManagerEnclave
}

/** A task on its way: what was sealed and where it was recorded. */
export interface RecordedTask extends SealedTask {
  readonly index: number
  readonly queued: QueuedRecord
}

/** Worker id and its enclave. */
export interface TestWorker {
  readonly id: number
  readonly enclave: WorkerEnclave
}

/** A whole network around enclaves under test: chain, committee, workers, one deployed lab contract. Everything is driven by hand. */
export class TestNetwork {
  readonly enigma: FakeEnigma
  readonly config: NetworkConfig
  readonly manager: KeyManagerEnclave
  readonly workers: TestWorker[]
  readonly origin: CodeOrigin
  readonly contract: Uint8Array
  readonly backend: Backend
  readonly code: Uint8Array
  readonly user: (name: string) => User
  readonly identities: Map<number, EnclaveIdentity>
  /** What the first manager said when it made the committee's keys; undefined for a given committee. */
  readonly keys: { readonly sealed: Uint8Array } | undefined
  /** Data of the committed batches, as a node keeps them. */
  readonly batches: PreparedBatch[] = []
  #ioKey: KeyStatement | undefined

  private constructor(
    enigma: FakeEnigma,
    config: NetworkConfig,
    manager: KeyManagerEnclave,
    workers: TestWorker[],
    backend: Backend,
    code: Uint8Array,
    identities: ReadonlyMap<number, EnclaveIdentity>,
    keys: { readonly sealed: Uint8Array } | undefined,
  ) {
    this.keys = keys
    this.identities = new Map(identities)
    this.enigma = enigma
    this.config = config
    this.manager = manager
    this.workers = workers
    this.backend = backend
    this.code = code
    this.origin = {
      deployer: addressOf("deployer"),
      codeHash: keccak256(code),
      userSalt: keccak256(new Uint8Array([7])),
      accountImplementation: addressOf("account implementation"),
    }
    this.contract = contractAddress({ enigma: enigma.address, ...this.origin })
    const { chainId, enigma: address } = config
    const place = { chainId, enigma: address, contract: this.contract, codeHash: this.origin.codeHash }
    const users = new Map<string, User>()
    this.user = (name) => {
      const known = users.get(name) ?? new User(name, place)
      users.set(name, known)
      return known
    }
  }

  static async start({
    backend = inProcess,
    workers = 2,
    config = {},
    code = labCode,
    committee,
  }: NetworkOptions = {}): Promise<TestNetwork> {
    const enigma = new FakeEnigma()
    const manager = committee ?? (await backend.keyManager())
    const generated = committee === undefined ? await manager.generate(undefined) : undefined
    const keys = generated ?? NO_KEYS
    const full: NetworkConfig = {
      version: 1,
      ...enigma.domain,
      epochLengthBlocks: enigma.epochLengthBlocks,
      depth: 2,
      storageReceipts: 1,
      witnessThreshold: 1,
      witnesses: [witnessAddress],
      keyThreshold: 1,
      keyManagers: 1,
      beaconKey: keys.beaconKey,
      contractKey: keys.contractKey,
      expiryBlocks: 400,
      inputsGraceBlocks: 4,
      keyManagerMeasurement: measurement,
      ...config,
    }
    await manager.configure(full)
    const started: TestWorker[] = []
    const identities = new Map<number, EnclaveIdentity>()
    for (let id = 1; id <= workers; id++) {
      const enclave = await backend.worker()
      const identity = await enclave.configure(full)
      identities.set(id, identity)
      enigma.register(id, identity)
      started.push({ id, enclave })
    }
    enigma.chain.mine()
    return new TestNetwork(enigma, full, manager, started, backend, code, identities, generated)
  }

  /** Network with an epoch in which worker 1 is drawn, the contract recorded, and worker 1 ready to execute. */
  static async ready(options: NetworkOptions = {}): Promise<TestNetwork> {
    const network = await TestNetwork.start(options)
    network.openEpoch(1)
    await network.equip(1)
    return network
  }

  worker(id: number): WorkerEnclave {
    return this.workers.find((worker) => worker.id === id)!.enclave
  }

  openEpoch(drawn: number): number {
    this.#ioKey = undefined
    return this.enigma.openEpoch({ workerId: drawn, contract: this.contract })
  }

  /** Shows the newest block to a worker. */
  advance(id: number, proof = this.enigma.chain.proof()) {
    const others = this.workers.filter((worker) => worker.id !== id).map((worker) => worker.id)
    return this.worker(id).advance(proof, id, [this.contract], others)
  }

  /** Gives a drawn worker everything: view, records, keys, code. Remembers the key statement for users. */
  async equip(id: number): Promise<void> {
    await this.advance(id)
    await this.prove(id)
    await this.fetchKeys(id)
    await this.worker(id).loadCode(this.contract, this.origin, this.code)
    this.#ioKey = await this.worker(id).keyStatement(this.contract)
  }

  /** All waiting records, from the committed position. */
  async prove(id: number): Promise<void> {
    const queue = this.enigma.queue(this.contract)
    const waiting = queue.records.slice(queue.committed)
    if (waiting.length === 0) return
    await this.worker(id).proveRecords(this.contract, this.enigma.linkBefore(this.contract, queue.committed), waiting)
  }

  async fetchKeys(id: number): Promise<void> {
    const request = await this.worker(id).keyRequest(this.contract)
    if (request === undefined) return
    const queue = this.enigma.queue(this.contract)
    const answer = await this.manager.releaseKeys({
      request,
      proof: this.enigma.chain.proof(),
      records: queue.records.slice(queue.committed),
      previousLink: this.enigma.linkBefore(this.contract, queue.committed),
    })
    await this.worker(id).keyAnswers(this.contract, [answer])
  }

  get ioKey(): KeyStatement {
    return this.#ioKey!
  }

  /** Seals and records calldata of a user, one group of records. */
  record(
    ...tasks: readonly {
      readonly by?: string
      readonly calldata: Uint8Array
      readonly fields?: Partial<RecordFields>
      readonly keyEpoch?: number
    }[]
  ): RecordedTask[] {
    const { epoch, ioPublicKey } = this.ioKey
    const sealed = tasks.map(({ by = "alice", calldata, keyEpoch = epoch }) =>
      this.user(by).seal(calldata, keyEpoch, ioPublicKey),
    )
    return this.recordSealed(
      sealed,
      tasks.map(({ fields }) => fields ?? {}),
    )
  }

  recordSealed(sealed: readonly SealedTask[], fields: readonly Partial<RecordFields>[] = []): RecordedTask[] {
    const first = this.enigma.queue(this.contract).records.length
    const queued = this.enigma.record(
      this.contract,
      sealed.map((task, i) => recordOf(task, fields[i])),
    )
    const made = sealed.map((task, i) => ({ ...task, index: first + i, queued: queued[i]! }))
    return made
  }

  /** The deployment, as record 0. */
  deploy(calldata: Uint8Array = new Uint8Array(0), fields: Partial<RecordFields> = {}): RecordedTask {
    const sealed = this.user("deployer").seal(calldata, this.ioKey.epoch, this.ioKey.ioPublicKey)
    return this.recordSealed([sealed], [{ flags: RECORD_FLAG.DEPLOYMENT, ...fields }])[0]!
  }

  /** Shows the chain to a worker and has it execute what waits, with all envelopes. */
  async execute(id: number, tasks: readonly RecordedTask[]): Promise<readonly TaskResult[]> {
    await this.advance(id)
    await this.prove(id)
    return await this.worker(id).execute(
      this.contract,
      tasks.map(({ queued, envelope }) => ({ queued, envelope })),
    )
  }

  /** Storage receipts of every other worker. */
  async receipts(id: number, { data }: PreparedBatch): Promise<StorageReceipt[]> {
    const others = this.workers.filter((worker) => worker.id !== id)
    const origin = data.code === undefined ? undefined : this.origin
    const receipts: StorageReceipt[] = []
    for (const other of others) {
      await this.advance(other.id)
      receipts.push(await other.enclave.attestStorage(data, origin))
    }
    return receipts
  }

  /** Prepares, has stored, signs. */
  async sign(id: number): Promise<{ readonly prepared: PreparedBatch; readonly signed: SignedBatch }> {
    const prepared = (await this.worker(id).prepareBatch(this.contract))!
    const signed = await this.worker(id).signBatch(this.contract, await this.receipts(id, prepared))
    return { prepared, signed }
  }

  /** And commits, and shows the worker the block. */
  async commit(id: number, options: { callbacksOk?: boolean } = {}): Promise<PreparedBatch> {
    const { prepared, signed } = await this.sign(id)
    this.enigma.commit(signed, options)
    this.batches.push(prepared)
    await this.advance(id)
    return prepared
  }

  /** All committed deltas, oldest first. */
  get deltas(): readonly Uint8Array[] {
    return this.batches.flatMap(({ data }) => data.deltas)
  }

  /** Deployed and committed, by the worker drawn now. */
  async deployed(id = 1): Promise<this> {
    await this.execute(id, [this.deploy()])
    await this.commit(id)
    return this
  }

  async stop(): Promise<void> {
    await Promise.all([this.manager.stop(), ...this.workers.map(({ enclave }) => enclave.stop())])
  }
}

export { lab }

import { addressOfSigningKey } from "@enigma-discovery/crypto"

export const witness = namedKey("witness")
const witnessAddress = addressOfSigningKey(witness)
