import { decodeDelta } from "@enigma-discovery/protocol"
import { MAX_DELTAS_PER_CALL, REPLAY_PORTION_BYTES } from "../constants.ts"
import type { RequestOf, WORKER_CALLS } from "../pipe/calls.ts"

type Portion = Omit<RequestOf<(typeof WORKER_CALLS)["replay"]>, "contract">

/** Where a delta's header says whether it wraps a key: after version, kind, key epoch, index, previous head and task id. */
const WRAPPED_FLAG_AT = 1 + 1 + 4 + 4 + 32 + 32

/**
 * A history of any length in calls that each fit a frame, at least one. The first brings the wrapped keys of all of them: the
 * oldest deltas, which come first, are opened by way of the newest. @throws PROTOCOL_*
 */
export function* replayPortions(deltas: readonly Uint8Array[]): Generator<Portion> {
  let from = 0
  do {
    const to = endOfPortion(deltas, from)
    yield { deltas: deltas.slice(from, to), wrappedKeys: from === 0 ? wrappedKeysOf(deltas.slice(to)) : [] }
    from = to
  } while (from < deltas.length)
}

function endOfPortion(deltas: readonly Uint8Array[], from: number): number {
  let sizeBytes = 0
  let to = from
  while (to < deltas.length && to - from < MAX_DELTAS_PER_CALL) {
    sizeBytes += deltas[to]!.length
    if (to > from && sizeBytes > REPLAY_PORTION_BYTES) break
    to++
  }
  return to
}

/** The newest as many as one call takes. */
const wrappedKeysOf = (deltas: readonly Uint8Array[]): Portion["wrappedKeys"] =>
  deltas
    .filter((delta) => delta[WRAPPED_FLAG_AT] === 1)
    .slice(-MAX_DELTAS_PER_CALL)
    .map((delta) => decodeDelta(delta).header)
    .map(({ keyEpoch, wrapped }) => ({ keyEpoch, wrapped }))
