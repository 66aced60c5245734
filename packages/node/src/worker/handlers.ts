/** What this worker answers to other nodes. */

import { receiptsRoot } from "@enigma-discovery/verify"
import type { Quota } from "../p2p/rate-limit.ts"
import { type Handlers, Refusal } from "../p2p/requests.ts"
import { isNamed, type WorkerContext } from "./context.ts"
import type { Lanes } from "./lanes.ts"
import type { Queries } from "./queries.ts"

const a_minute = (count: number): Quota => ({ count, everyMs: 60_000 })
const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Refusal("unknown")
  return value
}

export interface WorkerParts {
  readonly context: WorkerContext
  readonly lanes: Lanes
  readonly queries: Queries
}

/** `running` is there once the worker is up; before that peers hear "busy". */
export function workerHandlers(running: () => WorkerParts | undefined): Handlers {
  const up = () => {
    const parts = running()
    if (parts === undefined) throw new Refusal("busy")
    return parts
  }
  return {
    keyStatement: {
      perPeer: a_minute(600),
      total: a_minute(6_000),
      handle: async ({ contract }, { signal }) => {
        const { context, lanes } = up()
        const statement = await lanes.keyStatement(contract, signal).catch((error: unknown) => {
          if (isNamed(error, "NODE_NOT_DRAWN")) throw new Refusal("refused")
          throw error
        })
        return { statement, worker: context.self }
      },
    },
    store: {
      perPeer: a_minute(120),
      total: a_minute(1_200),
      handle: async (data) => {
        const { context } = up()
        const origin = await context.index.contract(data.contract)
        if (origin === undefined || data.receipts.length === 0) throw new Refusal("unknown")
        const { deployer, codeHash, userSalt } = origin
        const { accountImplementation, enclave, batches } = context
        // The enclave checks every byte before the host keeps any, and its word is given only for what is kept.
        const receipt = await enclave
          .attestStorage(data, { deployer, codeHash, userSalt, accountImplementation })
          .catch((error: unknown) => {
            if (error instanceof Error && error.name.startsWith("VERIFY_")) throw new Refusal("invalid")
            throw error
          })
        const root = receiptsRoot(data.contract, data.receipts)
        if (!(await batches.offer(data, root, false))) throw new Refusal("refused")
        return receipt
      },
    },
    sync: {
      perPeer: a_minute(120),
      total: a_minute(600),
      handle: async ({ contract, fromIndex, maxBatches }) => ({
        batches: await up().context.batches.serve(contract, fromIndex, maxBatches),
      }),
    },
    code: {
      perPeer: a_minute(120),
      total: a_minute(1_200),
      handle: async ({ codeHash }) => ({ code: found(await up().context.tables.codes.get(codeHash)) }),
    },
    envelope: {
      perPeer: a_minute(600),
      total: a_minute(6_000),
      handle: async ({ inputsHash }) => ({ envelope: found(await up().context.envelopes.get(inputsHash)) }),
    },
    query: {
      perPeer: a_minute(300),
      total: a_minute(1_200),
      handle: async ({ contract, query }, { signal }) => ({
        answer: await up()
          .queries.answer(contract, query, signal)
          .catch((error: unknown) => {
            if (isNamed(error, "NODE_QUERY_REFUSED")) throw new Refusal("refused")
            if (isNamed(error, "NODE_NOT_DRAWN")) throw new Refusal("unknown")
            if (isNamed(error, "NODE_QUERY_NOT_READY", "NODE_QUERIES_BUSY")) throw new Refusal("busy")
            throw error
          }),
      }),
    },
    result: {
      perPeer: a_minute(1_200),
      total: a_minute(12_000),
      handle: async ({ contract, index }) => ({ result: await up().context.tables.results.get({ contract, index }) }),
    },
  }
}
