/** What the parts of a worker share. */
import type { ChainRpc } from "@enigma-discovery/chain/follow"
import type { Transactor } from "@enigma-discovery/chain/transact"
import type { WorkerEnclave } from "@enigma-discovery/enclave/host"
import type { NetworkConfig, WorkerInfo } from "@enigma-discovery/protocol"
import type { SigningDomain } from "@enigma-discovery/verify"
import type { ChainIndex } from "../chain/chain-index.ts"
import type { HeaderFeed } from "../chain/header-feed.ts"
import type { WorkerConfig } from "../config.ts"
import type { Clock } from "../deps.ts"
import type { Logger } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import type { Gossip } from "../p2p/gossip.ts"
import type { Requester } from "../p2p/requests.ts"
import type { Directory } from "../peers/directory.ts"
import type { Tables } from "../store/tables.ts"
import type { BatchKeeper } from "../tasks/batch-keeper.ts"
import type { EnvelopePool } from "../tasks/envelope-pool.ts"

export interface WorkerContext {
  readonly config: WorkerConfig
  readonly network: NetworkConfig
  readonly domain: SigningDomain
  readonly rpc: ChainRpc
  readonly tables: Tables
  readonly index: ChainIndex
  readonly headers: HeaderFeed
  readonly gossip: Gossip
  readonly requester: Requester
  readonly directory: Directory
  readonly transactor: Transactor
  readonly enclave: WorkerEnclave
  readonly envelopes: EnvelopePool
  readonly batches: BatchKeeper
  /** Implementation that secret contracts' accounts delegate to, from Enigma's configuration. */
  readonly accountImplementation: Uint8Array
  /** Registered identity. */
  readonly self: WorkerInfo
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Whether an error is of another package's catalogue: "ENCLAVE_INPUTS_PENDING". */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name)
