/**
 * The whole network inside one process: the same node, key-manager, witness and enclave code as a network of processes, on virtual
 * time and an in-memory network, over a chain that the caller has in this process as well.
 */
import type { Client } from "@enigma-discovery/client"
import type { Hex, NetworkConfig } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"
import type { DevAccount } from "../accounts.ts"
import type { EnigmaOnChain, EpochOnChain } from "../enigma-on-chain.ts"
import type { DevnetEvent } from "../events.ts"

/** An EIP-1193 provider, as `(await hre.network.create()).provider` is. */
export interface ChainProvider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] | object }): Promise<unknown>
}

export interface InProcessOptions {
  /** Hardhat's in-process chain, mining each transaction at once (its default). Left out: one is started. */
  readonly provider?: ChainProvider | undefined
  /** One worker each, its stake in whole ENG: its chance to be drawn. Default: one worker. */
  readonly stakesEng?: readonly number[] | undefined
  /** Everything that is chosen at random here follows from it; printed in errors, so that a failure can be run again. */
  readonly seed?: string | undefined
  /**
   * Confirmations a record needs before its result is told. Default 0: a result comes without a further block. From 1 on
   * `faults.chain.reorg` can take back as many blocks.
   */
  readonly depth?: number | undefined
  /** Blocks between two scheduled starts of an epoch; at most 255. */
  readonly epochLengthBlocks?: number | undefined
  /** Last blocks of an epoch's schedule in which workers commit. */
  readonly commitBlocks?: number | undefined
  /** Other workers that must hold a batch's data before it is signed. Default: 1 with two workers or more, else 0. */
  readonly storageReceipts?: number | undefined
  /**
   * Whether the network mines an empty block whenever somebody waits (for a result, a receipt) and nothing else can bring it
   * nearer. Default: with a depth above 0. A test that waits for nothing sees no such block.
   */
  readonly mineWhileWaiting?: boolean | undefined
  /** How much the nodes tell through `onEvent`. Default "warn". */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | undefined
  readonly onEvent?: ((event: InProcessEvent) => void) | undefined
}

export type InProcessEvent =
  | DevnetEvent
  /** One line of a node's log. */
  | {
      readonly kind: "line"
      readonly node: string
      readonly level: string
      readonly message: string
      readonly fields: object
    }

/** `await` it to go back to where the network was. */
export type SnapshotId = string & { readonly __snapshot: true }

/** Where a worker can be made to end as if its power was cut: right after it has kept or done the thing named. */
export type CrashStep =
  /** The envelope is in its store. */
  | "envelope"
  /** A task's record is in its store. */
  | "record"
  /** The enclave executed; nothing of it is stored or told. */
  | "execute"
  /** The result is in its store; it is not gossiped. */
  | "result"
  /** The signed batch is in its store; no transaction is made. */
  | "batch"
  /** The commit's transaction is accepted by the chain; the worker has not seen it mined. */
  | "commit"

export interface WorkerFaults {
  /** The next time it gets there. Resolves when it has happened. @throws DEVNET_TIMED_OUT when it does not */
  crashAfter(step: CrashStep): Promise<void>
  /** At once. */
  crash(): Promise<void>
  /** Starts it again on what it had stored, with a fresh enclave. */
  restart(): Promise<void>
  /** Stops it in its tracks: it neither computes, sends nor answers, and keeps its connections. */
  freeze(): void
  thaw(): void
  /**
   * Its enclave's key signs its newest batch of the contract once more, with another result, and both are shown to Enigma; only
   * in this form of the network can that key be used so. @throws DEVNET_NOTHING_SIGNED before its first batch
   */
  equivocate(contract: string): Promise<{ readonly slashedGrains: bigint; readonly transactionHash: Hex }>
  /**
   * "delta": its batches' data is given to nobody. "output": its results are neither gossiped nor answered. "batch": its signed
   * batches are neither gossiped nor sent to Enigma. Until `release()`.
   */
  withhold(what: "delta" | "output" | "batch"): void
  release(): void
}

/** "worker 1", "worker 2", ..., "key manager", "witness". */
export type NodeName = string

export interface NetworkFaults {
  /** Nodes of different groups can't reach each other; who is in no group is in one with all others that are in none. */
  partition(...groups: readonly (readonly NodeName[])[]): void
  /** Every message takes so much longer, virtual milliseconds. */
  delay(ms: number, between?: readonly [NodeName, NodeName]): void
  /** Loses this share of gossiped messages and requests, 0 to 1, chosen by the seed. */
  drop(share: number): void
  /** Ends all of these. */
  heal(): void
}

export interface ChainFaults {
  /**
   * Replaces the newest blocks by others that hold the same transactions, one block later each, but for those left out.
   * @throws DEVNET_REORG_TOO_DEEP beyond `depth`, DEVNET_REORG_UNKNOWN for blocks not mined through `provider` of the network
   */
  reorg(blocks: number, options?: { readonly without?: readonly string[] }): Promise<void>
}

export interface RpcFaults {
  /** The nodes' Ethereum node does not answer them; a client's does. Left out: every node's. */
  fail(...nodes: readonly NodeName[]): void
  heal(): void
}

export interface Faults {
  /** From 1, as people call them. */
  worker(number: number): WorkerFaults
  readonly net: NetworkFaults
  readonly chain: ChainFaults
  readonly rpc: RpcFaults
}

export interface InProcessWorker {
  readonly name: NodeName
  readonly workerId: number
  readonly operator: DevAccount
  readonly stakeEng: number
  /** For `ClientOptions.gateways` together with `clientOptions`. */
  readonly gatewayUrl: string
  readonly isUp: boolean
}

/** What `createClient` needs to talk to this network without sockets; nothing in it makes the client trust anything. */
export interface InProcessClientOptions {
  readonly chainId: bigint
  readonly enigmaAddress: Hex
  readonly provider: ChainProvider
  readonly gateways: readonly string[]
  readonly trust: { readonly devRoot: Hex; readonly measurements: "chain"; readonly network: NetworkConfig }
  readonly pollIntervalMs: number
  readonly fetch: typeof globalThis.fetch
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly timeouts: { readonly recordMs: number; readonly resultMs: number; readonly receiptMs: number }
}

/** Time that passes only while somebody waits: from one due moment to the next, as soon as nothing else is to be done. */
export interface VirtualClock {
  /** Unix milliseconds, never behind the newest block that was seen. */
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface InProcessDevnet {
  readonly seed: string
  readonly addresses: { readonly enigma: Hex; readonly token: Hex; readonly verifier: Hex; readonly timelock: Hex }
  readonly trust: InProcessClientOptions["trust"]
  readonly chainId: bigint
  /** The caller's chain; send through it what `faults.chain.reorg` is to know of. */
  readonly provider: ChainProvider
  /** Views of Enigma. */
  readonly enigma: Pick<
    EnigmaOnChain,
    "contract" | "epoch" | "drawnWorker" | "queue" | "batches" | "nextScheduledStart"
  >
  readonly workers: readonly InProcessWorker[]
  readonly clientOptions: InProcessClientOptions
  readonly clock: VirtualClock
  /** The client library over the in-memory gateways; it verifies as ever. A signer, or an account that the provider signs for. */
  client(who: Signer | string): Client
  /** ENG, and credit at Enigma for fees, whole ENG (default 1,000 of each); ETH for gas where the account has none. */
  fund(address: string, options?: { readonly eng?: number; readonly creditEng?: number }): Promise<void>
  /** Mines empty blocks, one after the other, and lets the network take note. */
  mine(blocks?: number): Promise<void>
  /**
   * Lets the epoch end: batches are committed, the next epoch is opened, whoever is drawn is ready. A batch needs a block before
   * the scheduled start: called in the very last one, what was executed and not committed waits for the next epoch's worker.
   */
  advanceEpoch(): Promise<EpochOnChain>
  /** Until every node is idle. */
  settle(): Promise<void>
  /** Chain, stores and enclaves together. */
  snapshot(): Promise<SnapshotId>
  /** Also usable again. Nodes that have crashed since are up again. @throws DEVNET_NO_SUCH_SNAPSHOT */
  restore(id: SnapshotId): Promise<void>
  /**
   * The state of a secret contract as the drawn worker's enclave holds it, decrypted: key and value as 0x-hex, in key order.
   * Possible in this form of the network only.
   */
  debugState(contract: string): Promise<ReadonlyMap<Hex, Hex>>
  readonly faults: Faults
  /** Idempotent. Without it nothing keeps the process alive either. */
  stop(): Promise<void>
}
