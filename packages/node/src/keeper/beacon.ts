/** Collects a beacon: parts from key managers, combined and checked against the committee's key before anything is sent. */
import { combineBlsSignatures, cryptoErrors, type Indexed } from "@enigma-discovery/crypto"
import { type ChainProof, equalBytes, type NetworkConfig } from "@enigma-discovery/protocol"
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
/** Parts kept: anybody may call itself a key manager, also one that exists. */
const MAX_PARTS = 64

interface Part extends Indexed {
  readonly source: BeaconSource
}

/** The beacon, 128 bytes. @throws NODE_BEACON_UNAVAILABLE with the last failure as its cause */
export async function collectBeacon(options: CollectOptions): Promise<Uint8Array> {
  const { network, request, sources } = options
  const found = new AbortController()
  const signal = AbortSignal.any([options.signal, found.signal])
  const parts: Part[] = []
  let tries = 0
  let failure: unknown

  /** Tries the sets that contain the newest part; the others have been tried. */
  function combine(newest: Part): Uint8Array | undefined {
    for (const set of subsets(parts, network.keyThreshold - 1, new Set([newest.index]))) {
      if (++tries > MAX_COMBINATIONS) return undefined
      const good = [newest, ...set]
      const beacon = beaconOf(options, good)
      if (beacon === undefined) continue
      // A manager has one part: who gave another in its name lied.
      const isLie = (part: Part) =>
        good.some(({ index, value }) => index === part.index && !equalBytes(value, part.value))
      for (const { source } of parts.filter(isLie)) source.blame()
      return beacon
    }
    return undefined
  }

  async function ask(source: BeaconSource): Promise<Uint8Array> {
    const { managerIndex: index, partial: value } = await source.ask(request, signal)
    const newest: Part = { index, value, source }
    const isManager = index >= 1 && index <= network.keyManagers
    const beacon = isManager ? combine(newest) : undefined
    if (beacon !== undefined) return beacon
    // Where one part is the beacon, one that is not is a lie.
    if (!isManager || network.keyThreshold === 1) source.blame()
    else if (parts.length < MAX_PARTS) parts.push(newest)
    throw nodeErrors.make("BEACON_UNAVAILABLE", missing())
  }

  const missing = () => ({
    epoch: request.epoch,
    got: new Set(parts.map(({ index }) => index)).size,
    want: network.keyThreshold,
  })

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
    throw nodeErrors.make("BEACON_UNAVAILABLE", missing(), { cause: failure })
  } finally {
    found.abort()
  }
}

/** Undefined when these parts do not make the committee's signature. */
function beaconOf({ network, request, blockHash }: CollectOptions, parts: readonly Part[]): Uint8Array | undefined {
  try {
    const beacon = combineBlsSignatures(parts, network.keyThreshold)
    checkBeacon(network, request.epoch, blockHash, beacon)
    return beacon
  } catch (error) {
    if (verifyErrors.is(error, "BAD_BEACON") || cryptoErrors.is(error)) return undefined
    throw error
  }
}

/** Sets of `size` parts of different managers, none of them in `taken`. */
function* subsets(parts: readonly Part[], size: number, taken: ReadonlySet<number>): Generator<readonly Part[]> {
  if (size === 0) {
    yield []
    return
  }
  for (const [i, part] of parts.entries()) {
    if (taken.has(part.index)) continue
    for (const rest of subsets(parts.slice(i + 1), size - 1, new Set([...taken, part.index]))) yield [part, ...rest]
  }
}
