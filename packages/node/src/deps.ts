/** What a role needs from outside and a test or an in-process network may replace. */
import type { ChainRpc } from "@enigma-discovery/chain/follow"
import type {
  KeyManagerEnclave,
  startKeyManagerEnclave,
  startWorkerEnclave,
  WorkerEnclave,
} from "@enigma-discovery/enclave/host"
import type { ShareStore } from "./key-manager/sealed-shares.ts"
import type { Logger } from "./log.ts"
import type { Gossip } from "./p2p/gossip.ts"
import type { HostOptions } from "./p2p/host.ts"
import type { Requester } from "./p2p/requests.ts"
import type { OpenDoor } from "./rpc/server.ts"
import type { ByteStore } from "./store/byte-store.ts"

/** Time as a node uses it; virtual in tests. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort)
        resolve()
      }, ms)
      signal?.addEventListener("abort", onAbort, { once: true })
    }),
}

export interface NodeDeps {
  readonly log: Logger
  readonly clock: Clock
  /** Aborted when the node is asked to stop, also in the middle of its start. */
  readonly signal: AbortSignal
  /** The following are chosen by tests and networks inside one process; a node process has none of them. */
  readonly rpc?: ChainRpc
  readonly p2p?: Pick<HostOptions, "transports" | "quiet" | "identityType"> & { readonly discover: boolean }
  readonly aroundGossip?: (gossip: Gossip) => Gossip
  readonly aroundRequests?: (requester: Requester) => Requester
  readonly openDoor?: OpenDoor
  readonly shares?: ShareStore
  readonly openStore?: () => Promise<ByteStore>
  readonly startWorkerEnclave?: (...args: Parameters<typeof startWorkerEnclave>) => Promise<WorkerEnclave>
  readonly startKeyManagerEnclave?: (...args: Parameters<typeof startKeyManagerEnclave>) => Promise<KeyManagerEnclave>
}
