/** What a caller may choose about a local network, and what it gets when it does not. */
import { DEV_CHAIN_ID } from "./constants.ts"
import type { DevnetEvent } from "./events.ts"

export interface DevnetOptions {
  /** One worker each, its stake in whole ENG: its chance to be drawn. */
  readonly stakesEng?: readonly number[] | undefined
  /** Pause between blocks, milliseconds. */
  readonly blockTimeMs?: number | undefined
  /** Blocks between two scheduled starts of an epoch. */
  readonly epochLengthBlocks?: number | undefined
  /** Last blocks of an epoch's schedule in which workers commit. */
  readonly commitBlocks?: number | undefined
  /** Confirmations a record needs before anything about it leaves an enclave. */
  readonly depth?: number | undefined
  /** Other nodes that must hold a batch's data before it is signed. */
  readonly storageReceipts?: number | undefined
  /** Port of the chain on 127.0.0.1; 0: any free one. */
  readonly chainPort?: number | undefined
  /** How much the nodes write into their logs. */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | undefined
  /** Keeps the logs here; left out, they go with the network. */
  readonly logDirectory?: string | undefined
  /**
   * Where Hardhat put the compiled contracts; waited for when they are still being compiled. Left out: they come from the creation
   * code that the contracts package carries.
   */
  readonly artifactsDirectory?: Promise<string> | string | undefined
  /** Hears what happens while the network starts and stops. */
  readonly onEvent?: ((event: DevnetEvent) => void) | undefined
  /** Aborting it during the start undoes the start; afterwards use `stop()`. */
  readonly signal?: AbortSignal | undefined
}

export type ResolvedOptions = {
  readonly [K in Exclude<
    keyof DevnetOptions,
    "onEvent" | "signal" | "artifactsDirectory" | "logDirectory"
  >]-?: NonNullable<DevnetOptions[K]>
} & { readonly chainId: bigint }

const DEFAULTS: ResolvedOptions = {
  chainId: DEV_CHAIN_ID,
  stakesEng: [50_000, 30_000, 20_000],
  blockTimeMs: 250,
  epochLengthBlocks: 40,
  commitBlocks: 12,
  depth: 2,
  storageReceipts: 1,
  chainPort: 0,
  logLevel: "info",
}

export function resolveOptions(given: DevnetOptions): ResolvedOptions {
  const defined = Object.fromEntries(
    Object.keys(DEFAULTS).flatMap((name) => {
      const value = given[name as keyof DevnetOptions]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return Object.freeze({ ...DEFAULTS, ...defined })
}
