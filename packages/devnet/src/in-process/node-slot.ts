/**
 * A place for one node: what survives its end (its store, its shares), what it is started with, and the gate through which all it
 * does passes, so that it can be frozen or end in the middle of anything.
 */
import { type ChainRpc, chainErrors } from "@enigma-discovery/chain/follow"
import type { InProcessWorkerEnclave, KeyManagerEnclave, WorkerEnclave } from "@enigma-discovery/enclave/host"
import { startKeyManagerEnclaveInProcess, startWorkerEnclaveInProcess } from "@enigma-discovery/enclave/host"
import {
  BUCKET,
  type BucketName,
  type ByteStore,
  type Gossip,
  type KeysEvent,
  type Logger,
  type MemoryDoors,
  type MemoryNetwork,
  type MemoryStore,
  memoryStore,
  type NodeConfigInput,
  type NodeDeps,
  parseNodeConfig,
  type Requester,
  type RunningNode,
  startRole,
} from "@enigma-discovery/node"
import { devnetErrors } from "../errors.ts"
import { Gate } from "./gate.ts"
import { type NodeFaults, stepOfRequest } from "./node-faults.ts"
import type { Seeded } from "./seeded.ts"
import type { VirtualTime } from "./virtual-time.ts"

/** What all nodes of a network share. */
export interface SlotWorld {
  readonly time: VirtualTime
  readonly rpc: ChainRpc
  readonly net: MemoryNetwork
  readonly doors: MemoryDoors
  readonly seeded: Seeded
  readonly faults: NodeFaults
  readonly logger: (name: string, gate: Gate) => Logger
  /** Something was stored. */
  readonly onProgress: () => void
}

/** What a node keeps over its end. */
export interface SlotState {
  readonly store: MemoryStore
  readonly shares: Uint8Array | undefined
  /** Counts starts with fresh enclave keys; a node set back to a snapshot has the keys it had. */
  readonly generation: number
  readonly isUp: boolean
}

type EnclaveOptions = Parameters<typeof startWorkerEnclaveInProcess>[0]

export class NodeSlot {
  /** "worker 1". */
  readonly name: string
  /** "worker-1": in addresses. */
  readonly host: string
  readonly #world: SlotWorld
  #config: NodeConfigInput | undefined
  #store = memoryStore()
  #shares: Uint8Array | undefined
  #generation = 0
  #gate = new Gate()
  #running: RunningNode | undefined
  #enclave: InProcessWorkerEnclave | undefined
  #enclaveEnd: (() => Promise<void>) | undefined
  #ending: Promise<void> = Promise.resolve()

  constructor(name: string, world: SlotWorld) {
    this.name = name
    this.host = name.replaceAll(" ", "-")
    this.#world = world
  }

  get isUp(): boolean {
    return this.#running !== undefined
  }

  get ready(): RunningNode["ready"] {
    if (this.#running === undefined) throw devnetErrors.make("NODE_DOWN", { name: this.name })
    return this.#running.ready
  }

  /** A key manager's sealed shares. */
  get shares(): Uint8Array | undefined {
    return this.#shares
  }
  set shares(sealed: Uint8Array | undefined) {
    this.#shares = sealed
  }

  get gate(): Gate {
    return this.#gate
  }

  get enclave(): InProcessWorkerEnclave {
    if (this.#enclave === undefined || !this.isUp) throw devnetErrors.make("NODE_DOWN", { name: this.name })
    return this.#enclave
  }

  /** The seed of the present enclave's keys. */
  get enclaveSeed(): Uint8Array {
    return this.#world.seeded.bytes(`enclave ${this.name} ${this.#generation}`)
  }

  /** @throws NODE_START_FAILED */
  async start(config: NodeConfigInput): Promise<RunningNode["ready"]> {
    this.#config = config
    const started = await startRole(parseNodeConfig(config), this.#deps())
    if (!started.kept) throw new Error("a long-running role is expected")
    this.#running = started.node
    return started.node.ready
  }

  async generateKeys(config: NodeConfigInput): Promise<KeysEvent> {
    const started = await startRole(parseNodeConfig(config), this.#deps())
    if (started.kept) throw new Error("key generation is expected")
    return started.event
  }

  /** As if its power was cut: from now on nothing it does has any effect. */
  crash(): void {
    const node = this.#running
    if (node === undefined) return
    this.#running = undefined
    this.#gate.close()
    this.#world.net.remove(this.host)
    this.#world.doors.close(this.host)
    this.#ending = this.#enclaveEnd?.() ?? Promise.resolve()
  }

  /** On what it had stored. `isFresh`: with new enclave keys, as after the end of a machine. */
  async restart(isFresh = true): Promise<void> {
    this.crash()
    await this.#ending
    this.#gate = new Gate()
    if (isFresh) this.#generation++
    await this.start(this.#config!)
  }

  async stop(): Promise<void> {
    const node = this.#running
    this.#running = undefined
    this.#gate.thaw()
    await Promise.all([node?.stop(), this.#ending])
  }

  /** What is stored under a bucket, in key order. */
  async stored(bucket: BucketName): Promise<readonly Uint8Array[]> {
    const number = BUCKET[bucket]
    const range = { from: Uint8Array.of(number), to: Uint8Array.of(number + 1) }
    return (await this.#store.entries(range)).map(([, value]) => value)
  }

  save(): SlotState {
    const { isUp } = this
    return { store: this.#store.copy(), shares: this.#shares, generation: this.#generation, isUp }
  }

  /** Of a node that is down. */
  load({ store, shares, generation }: SlotState): void {
    this.#store = store.copy()
    this.#shares = shares
    this.#generation = generation
  }

  #deps(): NodeDeps {
    const { time, net, doors, logger } = this.#world
    const gate = this.#gate
    return {
      log: logger(this.name, gate),
      clock: {
        now: time.now,
        sleep: async (ms, signal) => {
          await time.background.sleep(ms, signal)
          await gate.pass()
        },
      },
      signal: new AbortController().signal,
      rpc: this.#rpc(gate),
      p2p: { transports: [net.transport(this.host)], quiet: true, discover: false, identityType: "Ed25519" },
      openDoor: doors.door(this.host),
      openStore: async () => this.#openStore(gate),
      shares: {
        read: async () => this.#shares,
        write: async (sealed) => {
          this.#shares = sealed
        },
      },
      aroundGossip: (gossip) => this.#gossip(gossip),
      aroundRequests: (requester) => this.#requests(requester),
      startWorkerEnclave: async (options) => {
        const enclave = await startWorkerEnclaveInProcess(this.#enclaveOptions(options))
        this.#enclave = enclave
        return this.#guarded(gate, enclave)
      },
      startKeyManagerEnclave: async (options) =>
        this.#guarded(gate, await startKeyManagerEnclaveInProcess(this.#enclaveOptions(options))),
    }
  }

  #enclaveOptions({ measurement, quoting }: EnclaveOptions): EnclaveOptions {
    return { measurement, quoting, seed: this.enclaveSeed }
  }

  #rpc(gate: Gate): ChainRpc {
    const { time, rpc, faults } = this.#world
    return {
      request: async (method, params, signal) => {
        await gate.pass()
        if (faults.isRpcDown(this.name)) throw chainErrors.make("RPC_UNREACHABLE", { method })
        await faults.beforeRequest(this.name, method, params)
        const answer = await time.busy(() => rpc.request(method, params, signal))
        await faults.reached(this.name, stepOfRequest(method, params))
        await gate.pass()
        return answer
      },
    }
  }

  #openStore(gate: Gate): ByteStore {
    const { faults, onProgress } = this.#world
    const store = this.#store
    const passing = async <T>(work: () => Promise<T>): Promise<T> => {
      await gate.pass()
      return await work()
    }
    return {
      get: (key) => passing(async () => (faults.hides(this.name, key) ? undefined : await store.get(key))),
      entries: (range) => passing(() => store.entries(range)),
      keys: (range) => passing(() => store.keys(range)),
      write: async (ops) => {
        await gate.pass()
        await store.write(ops)
        onProgress()
        await faults.stored(this.name, ops)
        await gate.pass()
      },
      close: async () => {},
    }
  }

  #gossip(gossip: Gossip): Gossip {
    const { faults } = this.#world
    return {
      ...gossip,
      subscribe: (topic, validate) =>
        gossip.subscribe(topic, async (message, peer, signal) =>
          faults.losesMessage() ? "ignore" : await validate(message, peer, signal),
        ),
      publish: async (topic, message) =>
        faults.withholds(this.name, message) ? 0 : await gossip.publish(topic, message),
    }
  }

  #requests(requester: Requester): Requester {
    const { faults } = this.#world
    return {
      ...requester,
      ask: async (peer, name, request, signal) => {
        faults.beforeAsking(this.name, name)
        return await requester.ask(peer, name, request, signal)
      },
    }
  }

  /** Every call of an enclave passes the gate and counts as work. */
  #guarded<T extends WorkerEnclave | KeyManagerEnclave>(gate: Gate, enclave: T): T {
    const { time, faults } = this.#world
    this.#enclaveEnd = () => enclave.stop()
    return new Proxy(enclave, {
      get: (target, property) => {
        const value = Reflect.get(target, property, target) as unknown
        if (typeof value !== "function") return value
        const call = value.bind(target) as (...args: readonly unknown[]) => Promise<unknown>
        if (property === "stop") return call
        return async (...args: readonly unknown[]) => {
          await gate.pass()
          const answer = await time.busy(() => call(...args))
          if (property === "execute") await faults.reached(this.name, "execute")
          await gate.pass()
          return answer
        }
      },
    })
  }
}
