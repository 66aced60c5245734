import {
  type Change,
  DELTA_KIND,
  type DeltaHeader,
  decodeDelta,
  equalBytes,
  startsCheckpoint,
} from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import { followWrappedKey, openDelta, type ReadDelta } from "./delta.ts"
import type { Domain } from "./domain.ts"
import type { ExecutionChain } from "./execution-chain.ts"
import { keyText, type StateChange, type StateMap } from "./state-map.ts"

/** The part of a delta's header by which older keys are reached. */
export type WrappedKeyOf = Pick<DeltaHeader, "keyEpoch" | "wrapped">

interface Link extends ReadDelta {
  readonly position: number
  /** State head after it. */
  readonly head: Uint8Array
}

/**
 * Brings a state up to the anchored head by committed deltas, oldest first (PROTOCOL §6.4); with a checkpoint among them, by
 * what begins with the last one. Where a delta belonged to callbacks that failed, the next one stands on the head before it
 * and replaces it. What lies beyond the anchored head is left alone.
 * @throws ENCLAVE_DELTA_NOT_CHAINED, ENCLAVE_DELTA_REFUSED, ENCLAVE_KEYS_MISSING, PROTOCOL_*; what was applied before stays
 */
export function replayDeltas(
  domain: Domain,
  contract: Uint8Array,
  keys: ContractKeys,
  chain: ExecutionChain,
  sealed: readonly Uint8Array[],
): void {
  if (chain.inSync) return
  const links = sealed.map(linkOf)
  followKeys(
    domain,
    contract,
    keys,
    links.map(({ delta }) => delta.header),
  )
  for (const link of neededOf(links, chain.anchor.head)) {
    if (chain.inSync) return
    take(domain, contract, keys, chain, link)
  }
}

/** Wrapped keys lead back from the newest epoch to the oldest. @throws ENCLAVE_DELTA_REFUSED */
export function followKeys(
  domain: Domain,
  contract: Uint8Array,
  keys: ContractKeys,
  headers: readonly WrappedKeyOf[],
): void {
  const wrapping = headers.map((header, position) => ({ header, position })).filter(({ header }) => header.wrapped)
  wrapping.sort((a, b) => b.header.keyEpoch - a.header.keyEpoch)
  for (const { header, position } of wrapping) {
    if (!followWrappedKey(domain, keys, contract, header)) throw enclaveErrors.make("DELTA_REFUSED", { position })
  }
}

function linkOf(sealed: Uint8Array, position: number): Link {
  const delta = decodeDelta(sealed)
  return { position, sealed, delta, head: nextHead(delta.header.previousHead, sealed) }
}

/** From the last checkpoint that leads to the anchored head, if one does. */
function neededOf(links: readonly Link[], anchored: Uint8Array): readonly Link[] {
  const end = links.findLastIndex(({ head }) => equalBytes(head, anchored))
  const known = end < 0 ? links : links.slice(0, end + 1)
  return known.slice(
    Math.max(
      0,
      known.findLastIndex(({ sealed }) => startsCheckpoint(sealed)),
    ),
  )
}

function take(domain: Domain, contract: Uint8Array, keys: ContractKeys, chain: ExecutionChain, link: Link): void {
  const { position, sealed, head } = link
  const { kind, previousHead, keyEpoch } = link.delta.header
  const isStart = startsCheckpoint(sealed)
  if (!isStart && !chain.stepBackTo(previousHead)) throw enclaveErrors.make("DELTA_NOT_CHAINED", { position })
  const changes = openDelta(domain, keys, contract, link)
  if (changes === undefined) throw enclaveErrors.make("DELTA_REFUSED", { position })
  if (isStart) chain.restart()
  const historyBytes = kind === DELTA_KIND.checkpoint ? 0 : chain.state.historyBytes + sealed.length
  chain.replay(
    changes.map((change) => stateChange(chain.state.map, change)),
    { head, keyEpoch, historyBytes },
  )
}

function stateChange(state: StateMap, { key, value, isPublic }: Change): StateChange {
  return { key, before: state.get(keyText(key)), after: value === undefined ? undefined : { key, value, isPublic } }
}
