/**
 * Private reads on their way to this worker's enclave (PROTOCOL §6.6). What is asked, by whom and with what result only the enclave
 * and the reader know; the node sees that the enclave stands where it can answer, and that free reads don't crowd out tasks.
 */
import { toHex } from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import { createMutex } from "../internal/mutex.ts"
import { isNamed, type WorkerContext } from "./context.ts"
import type { Lanes } from "./lanes.ts"

export interface Queries {
  /**
   * The sealed answer of this worker's enclave.
   * @throws NODE_NOT_DRAWN, NODE_QUERY_NOT_READY, NODE_QUERY_REFUSED, NODE_QUERIES_BUSY, PROTOCOL_*
   */
  answer(contract: Uint8Array, query: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** Queries waiting for the enclave; each takes it about 50 ms at most (QUERY_GAS). */
const MAX_WAITING = 32
/** Blocks by which the enclave's view may lie behind the newest signed header before it is renewed for a query. */
const MAX_VIEW_LAG_BLOCKS = 4
/** For a renewed view; then the query is answered from the one there is, and the reader judges. */
const VIEW_TIMEOUT_MS = 2_000

/** What the enclave says against a query, as this node's errors: not this worker's, not yet, not ever. */
const MEANING = {
  NOT_DRAWN: ["ENCLAVE_NOT_DRAWN", "ENCLAVE_UNKNOWN_CONTRACT", "ENCLAVE_NO_VIEW", "ENCLAVE_NOT_THIS_WORKER"],
  QUERY_NOT_READY: [
    ...["ENCLAVE_VIEW_STALE", "ENCLAVE_KEYS_MISSING", "ENCLAVE_CODE_MISSING"],
    ...["ENCLAVE_OUT_OF_SYNC", "ENCLAVE_ENGINE_LOST"],
  ],
  QUERY_REFUSED: ["ENCLAVE_QUERY_REFUSED"],
} as const

export function createQueries(context: Pick<WorkerContext, "enclave" | "metrics" | "clock">, lanes: Lanes): Queries {
  const { enclave, metrics, clock } = context
  // One at a time, so that a waiting task has the enclave after one query at the latest.
  const inTurn = createMutex()
  let waiting = 0

  async function renewView(contract: Uint8Array, signal: AbortSignal): Promise<void> {
    const ended = new AbortController()
    const bounded = AbortSignal.any([signal, ended.signal])
    const end = () => ended.abort()
    clock.sleep(VIEW_TIMEOUT_MS, bounded).then(end, end)
    await lanes.driver.renew(contract, MAX_VIEW_LAG_BLOCKS, bounded)
    end()
  }

  async function ask(contract: Uint8Array, query: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted()
    await renewView(contract, signal)
    signal.throwIfAborted()
    try {
      return await enclave.query(contract, query)
    } catch (error) {
      lanes.nudge(contract)
      throw meaningOf(error, contract)
    }
  }

  return {
    async answer(contract, query, signal) {
      if (waiting >= MAX_WAITING) throw nodeErrors.make("QUERIES_BUSY", { waiting })
      waiting++
      try {
        const answer = await inTurn(() => ask(contract, query, signal))
        metrics.add("queries", { outcome: "answered" })
        return answer
      } catch (error) {
        metrics.add("queries", { outcome: "failed" })
        throw error
      } finally {
        waiting--
      }
    },
  }
}

function meaningOf(error: unknown, contract: Uint8Array): unknown {
  const code = (Object.keys(MEANING) as (keyof typeof MEANING)[]).find((name) => isNamed(error, ...MEANING[name]))
  return code === undefined ? error : nodeErrors.make(code, { contract: toHex(contract) }, { cause: error })
}
