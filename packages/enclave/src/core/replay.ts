import { type Change, DELTA_KIND, type Delta, decodeDelta } from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import { followWrappedKey, openDelta } from "./delta.ts"
import type { Domain } from "./domain.ts"
import type { ExecutionChain } from "./execution-chain.ts"
import { keyText, type StateChange, type StateMap } from "./state-map.ts"

/**
 * Brings a state up to the anchored head by committed deltas, oldest first (PROTOCOL §6.4). Keys of earlier epochs are
 * unwrapped from the given deltas, newest first. Where a delta belonged to callbacks that failed, the next one stands on
 * the head before it and replaces it. What lies beyond the anchored head is left alone.
 * @throws ENCLAVE_DELTA_NOT_CHAINED, ENCLAVE_DELTA_REFUSED, ENCLAVE_KEYS_MISSING, PROTOCOL_*; what was applied before stays
 */
export function replayDeltas(
  domain: Domain,
  contract: Uint8Array,
  keys: ContractKeys,
  chain: ExecutionChain,
  sealed: readonly Uint8Array[],
): void {
  const deltas = sealed.map(decodeDelta)
  followKeys(domain, contract, keys, deltas)
  for (const [position, delta] of deltas.entries()) {
    if (chain.inSync) return
    const { header } = delta
    const isCheckpoint = header.kind === DELTA_KIND.checkpoint
    if (!isCheckpoint && !chain.stepBackTo(header.previousHead))
      throw enclaveErrors.make("DELTA_NOT_CHAINED", { position })
    const changes = openDelta(domain, keys, contract, delta)
    if (changes === undefined) throw enclaveErrors.make("DELTA_REFUSED", { position })
    if (isCheckpoint) chain.restart()
    chain.replay(
      changes.map((change) => stateChange(chain.state.map, change)),
      nextHead(header.previousHead, sealed[position]!),
      header.keyEpoch,
    )
  }
}

/** Wrapped keys lead back from the newest epoch to the oldest. */
export function followKeys(domain: Domain, contract: Uint8Array, keys: ContractKeys, deltas: readonly Delta[]): void {
  const wrapping = deltas.map(({ header }, position) => ({ header, position })).filter(({ header }) => header.wrapped)
  wrapping.sort((a, b) => b.header.keyEpoch - a.header.keyEpoch)
  for (const { header, position } of wrapping) {
    if (!followWrappedKey(domain, keys, contract, header)) throw enclaveErrors.make("DELTA_REFUSED", { position })
  }
}

function stateChange(state: StateMap, { key, value, isPublic }: Change): StateChange {
  return { key, before: state.get(keyText(key)), after: value === undefined ? undefined : { key, value, isPublic } }
}
