/** Collects a beacon: parts from key managers, combined and checked against the committee's key before anything is sent. */
import { combineBlsSignatures, cryptoErrors, type Indexed } from "@enigma-discovery/crypto"
import type { ChainProof, NetworkConfig } from "@enigma-discovery/protocol"
import { checkBeacon, verifyErrors } from "@enigma-discovery/verify"
import { nodeErrors } from "../errors.ts"

export interface BeaconRequest {
  readonly epoch: number
  readonly proof: ChainProof
}

/** One key manager. */
export interface BeaconSource {
  ask(
    request: BeaconRequest,
    signal: AbortSignal,
  ): Promise<{ readonly managerIndex: number; readonly partial: Uint8Array }>
  /** What it gave can't be part of the beacon. */
  blame(): void
}

export interface CollectOptions {
  readonly network: Pick<NetworkConfig, "chainId" | "enigma" | "beaconKey" | "keyThreshold" | "keyManagers">
  readonly request: BeaconRequest
  /** Of the block before the scheduled start, 32 bytes. */
  readonly blockHash: Uint8Array
  readonly sources: readonly BeaconSource[]
  readonly signal: AbortSignal
}

/** Sets of parts that are tried; each costs a pairing. With fewer than t liars among n <= 8 managers these are all there are. */
const MAX_COMBINATIONS = 64

/** The beacon, 128 bytes. @throws NODE_BEACON_UNAVAILABLE with the last failure as its cause */
export async function collectBeacon(options: CollectOptions): Promise<Uint8Array> {
  const { network, request, sources } = options
  const found = new AbortController()
  const signal = AbortSignal.any([options.signal, found.signal])
  const parts = new Map<number, Indexed>()
  let tries = 0
  let failure: unknown

  /** Tries the sets that contain the newest part; the others have been tried. */
  function combine(newest: Indexed): Uint8Array | undefined {
    const others = [...parts.values()].filter(({ index }) => index !== newest.index)
    for (const set of subsets(others, network.keyThreshold - 1)) {
      if (++tries > MAX_COMBINATIONS) return undefined
      const beacon = beaconOf(options, [newest, ...set])
      if (beacon !== undefined) return beacon
    }
    return undefined
  }

  async function ask(source: BeaconSource): Promise<Uint8Array> {
    const { managerIndex, partial } = await source.ask(request, signal)
    const isPossible = managerIndex >= 1 && managerIndex <= network.keyManagers
    if (
      !isPossible ||
      (network.keyThreshold === 1 && beaconOf(options, [{ index: managerIndex, value: partial }]) === undefined)
    )
      source.blame()
    if (!isPossible || parts.has(managerIndex)) throw new Error("no new part")
    const part = { index: managerIndex, value: partial }
    parts.set(managerIndex, part)
    const beacon = combine(part)
    if (beacon === undefined) throw new Error("not enough parts yet")
    return beacon
  }

  try {
    return await Promise.any(
      sources.map((source) =>
        ask(source).catch((error: unknown) => {
          failure = error
          throw error
        }),
      ),
    )
  } catch {
    options.signal.throwIfAborted()
    const data = { epoch: request.epoch, got: parts.size, want: network.keyThreshold }
    throw nodeErrors.make("BEACON_UNAVAILABLE", data, { cause: failure })
  } finally {
    found.abort()
  }
}

/** Undefined when these parts do not make the committee's signature. */
function beaconOf({ network, request, blockHash }: CollectOptions, parts: readonly Indexed[]): Uint8Array | undefined {
  try {
    const beacon = combineBlsSignatures(parts, network.keyThreshold)
    checkBeacon(network, request.epoch, blockHash, beacon)
    return beacon
  } catch (error) {
    if (verifyErrors.is(error, "BAD_BEACON") || cryptoErrors.is(error)) return undefined
    throw error
  }
}

function* subsets<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) {
    yield []
    return
  }
  for (let i = 0; i + size <= items.length; i++)
    for (const rest of subsets(items.slice(i + 1), size - 1)) yield [items[i]!, ...rest]
}
