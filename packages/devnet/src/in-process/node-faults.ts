/** What tests do to nodes, asked at every point where it matters. Without faults each question costs a look into an empty set. */
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { BUCKET, type BucketName, type ByteOp, type Gossip } from "@enigma-discovery/node"
import { devnetErrors } from "../errors.ts"
import type { CrashStep, NodeName } from "./api.ts"
import type { Seeded } from "./seeded.ts"

type Message = Parameters<Gossip["publish"]>[1]
export type Withheld = "delta" | "output" | "batch"

/** The bucket whose first write is a step. */
const STEP_OF_BUCKET: Partial<Record<BucketName, CrashStep>> = {
  envelope: "envelope",
  record: "record",
  result: "result",
  signedBatch: "batch",
}
const BUCKET_NAMES = new Map(Object.entries(BUCKET).map(([name, number]) => [number, name as BucketName]))
const COMMIT_SELECTORS = ["commitBatch", "commitBatches"].map((name) =>
  enigmaInterface.getFunction(name)!.selector.slice(2),
)

interface Awaited {
  readonly step: CrashStep
  readonly happened: PromiseWithResolvers<void>
}

export class NodeFaults {
  readonly #seeded: Seeded
  readonly #crash: (name: NodeName) => void
  readonly #crashes = new Map<NodeName, Awaited>()
  readonly #withheld = new Map<NodeName, Set<Withheld>>()
  readonly #withoutRpc = new Set<NodeName>()
  #lossShare = 0

  constructor(seeded: Seeded, crash: (name: NodeName) => void) {
    this.#seeded = seeded
    this.#crash = crash
  }

  crashAfter(name: NodeName, step: CrashStep): Promise<void> {
    const happened = Promise.withResolvers<void>()
    this.#crashes.set(name, { step, happened })
    return happened.promise
  }

  /** A node got to a step. Where it is to end there, it has ended when this returns. */
  async reached(name: NodeName, step: CrashStep | undefined): Promise<void> {
    const awaited = this.#crashes.get(name)
    if (awaited === undefined || awaited.step !== step) return
    this.#crashes.delete(name)
    this.#crash(name)
    awaited.happened.resolve()
  }

  async stored(name: NodeName, ops: readonly ByteOp[]): Promise<void> {
    if (!this.#crashes.has(name)) return
    for (const { type, key } of ops) {
      const bucket = BUCKET_NAMES.get(key[0]! as never)
      if (type === "put" && bucket !== undefined) await this.reached(name, STEP_OF_BUCKET[bucket])
    }
  }

  failRpc(names: readonly NodeName[]): void {
    for (const name of names) this.#withoutRpc.add(name)
  }
  healRpc(): void {
    this.#withoutRpc.clear()
  }
  isRpcDown(name: NodeName): boolean {
    return this.#withoutRpc.has(name)
  }

  withhold(name: NodeName, what: Withheld): void {
    this.#withheld.set(name, (this.#withheld.get(name) ?? new Set()).add(what))
  }
  release(name: NodeName): void {
    this.#withheld.delete(name)
  }
  #isWithheld(name: NodeName, what: Withheld): boolean {
    return this.#withheld.get(name)?.has(what) === true
  }

  /** Whether what is stored is not told: results of a worker that withholds its outputs. */
  hides(name: NodeName, key: Uint8Array): boolean {
    return key[0] === BUCKET.result && this.#isWithheld(name, "output")
  }

  /** Whether a message is not sent. */
  withholds(name: NodeName, { type }: Message): boolean {
    return (
      (type === "result" && this.#isWithheld(name, "output")) || (type === "batch" && this.#isWithheld(name, "batch"))
    )
  }

  /** Before a node asks another. @throws DEVNET_WITHHELD, DEVNET_LOST */
  beforeAsking(name: NodeName, request: string): void {
    if (request === "store" && this.#isWithheld(name, "delta")) throw devnetErrors.make("WITHHELD", { name })
    if (this.losesMessage()) throw devnetErrors.make("LOST", { name })
  }

  /** Before a node asks its Ethereum node. @throws DEVNET_WITHHELD */
  async beforeRequest(name: NodeName, method: string, params: readonly unknown[]): Promise<void> {
    if (isCommit(method, params) && this.#isWithheld(name, "batch")) throw devnetErrors.make("WITHHELD", { name })
  }

  lose(share: number): void {
    this.#lossShare = share
  }
  losesMessage(): boolean {
    return this.#lossShare > 0 && this.#seeded.random("loss") < this.#lossShare
  }

  clear(): void {
    this.#crashes.clear()
    this.#withheld.clear()
    this.#withoutRpc.clear()
    this.#lossShare = 0
  }
}

/** The step that a request to the chain is. */
export const stepOfRequest = (method: string, params: readonly unknown[]): CrashStep | undefined =>
  isCommit(method, params) ? "commit" : undefined

/** A signed transaction holds its calldata in clear. */
const isCommit = (method: string, [raw]: readonly unknown[]): boolean =>
  method === "eth_sendRawTransaction" &&
  typeof raw === "string" &&
  COMMIT_SELECTORS.some((selector) => raw.includes(selector))
