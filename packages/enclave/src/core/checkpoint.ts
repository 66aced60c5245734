import {
  CHECKPOINT_HISTORY_BYTES,
  CHECKPOINT_LINK_BYTES,
  DELTA_KIND,
  type DeltaHeader,
  MAX_CHECKPOINT_BYTES,
} from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import type { ContractKeys } from "./contract-keys.ts"
import { sealLink } from "./delta.ts"
import type { Domain } from "./domain.ts"
import type { StateEntry, StateMap } from "./state-map.ts"

/** What an entry's encoding has beyond its key and value: two lengths and two flags. */
const ENTRY_FRAME_BYTES = 10

const encodedBytes = ({ key, value }: StateEntry): number => key.length + value.length + ENTRY_FRAME_BYTES

/** PROTOCOL §6.4: depends on the chain's own past alone, so every worker makes the same checkpoints at the same places. */
export function checkpointIsDue(state: StateMap, historyBytes: number): boolean {
  const stateBytes = state.sizeBytes + state.size * ENTRY_FRAME_BYTES
  return stateBytes <= MAX_CHECKPOINT_BYTES && historyBytes >= CHECKPOINT_HISTORY_BYTES + 2 * stateBytes
}

/** Seals the whole state as links on `base`, at least one. @throws ENCLAVE_KEYS_MISSING */
export function sealCheckpoint(
  domain: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  keyEpoch: number,
  base: Uint8Array,
  state: StateMap,
): readonly Uint8Array[] {
  const links: Uint8Array[] = []
  let previousHead = base
  for (const entries of portions(state.entries())) {
    const place = { version: 1, kind: DELTA_KIND.checkpoint, keyEpoch, index: links.length, previousHead, taskId: base }
    const header: Omit<DeltaHeader, "publicEntries"> = { ...place, wrapped: undefined }
    const changes = entries.map((entry) => ({ key: entry.key, before: undefined, after: entry }))
    const link = sealLink(domain, keys, contract, header, changes)!
    links.push(link)
    previousHead = nextHead(previousHead, link)
  }
  return links
}

/** Entries in order, in portions that each fit a link. */
function* portions(entries: readonly StateEntry[]): Generator<readonly StateEntry[]> {
  let portion: StateEntry[] = []
  let sizeBytes = 0
  for (const entry of entries) {
    const bytes = encodedBytes(entry)
    if (sizeBytes + bytes > CHECKPOINT_LINK_BYTES) {
      yield portion
      portion = []
      sizeBytes = 0
    }
    portion.push(entry)
    sizeBytes += bytes
  }
  yield portion
}
