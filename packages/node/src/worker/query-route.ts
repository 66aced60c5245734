/** From a gateway to the drawn worker's enclave: this node's own, or the peer's that is drawn. */
import { RpcError } from "../rpc/dispatch.ts"
import type { Assignments } from "./assignments.ts"
import { isNamed, type WorkerContext } from "./context.ts"
import type { Queries } from "./queries.ts"

export interface QueryRoute {
  readonly context: Pick<WorkerContext, "self" | "directory" | "requester">
  readonly queries: Queries
  readonly assignments: Assignments
}

const notReady = () => new RpcError("unavailable", "The drawn worker can't answer queries of this contract yet.")
const wrongKey = () => new RpcError("refused", "The query was sealed to another epoch's key; ask for the key again.")
export function routeQuery({ context, queries, assignments }: QueryRoute) {
  return async (contract: Uint8Array, query: Uint8Array, signal: AbortSignal): Promise<Uint8Array> => {
    const assignment = await assignments.of(contract)
    if (assignment === undefined) throw new RpcError("unavailable", "No worker is drawn for this contract now.")
    const { workerId } = assignment.worker
    if (workerId === context.self.workerId)
      return await queries.answer(contract, query, signal).catch((error: unknown) => {
        throw ofOwn(error)
      })
    return await askDrawn(workerId, contract, query, signal)
  }

  async function askDrawn(workerId: number, contract: Uint8Array, query: Uint8Array, signal: AbortSignal) {
    const { directory, requester } = context
    if (directory.workers(workerId).length === 0) await directory.refresh()
    for (const { peer } of directory.workers(workerId)) {
      try {
        return (await requester.ask(peer, "query", { contract, query }, signal)).answer
      } catch (error) {
        if (isRefusal(error)) throw wrongKey()
        signal.throwIfAborted()
      }
    }
    throw notReady()
  }
}

const isRefusal = (error: unknown): boolean =>
  isNamed(error, "NODE_PEER_REFUSED") && (error as { data?: { status?: string } }).data?.status === "refused"

function ofOwn(error: unknown): unknown {
  if (isNamed(error, "NODE_QUERY_REFUSED")) return wrongKey()
  if (isNamed(error, "NODE_NOT_DRAWN", "NODE_QUERY_NOT_READY")) return notReady()
  if (isNamed(error, "NODE_QUERIES_BUSY")) return new RpcError("limit", "Too many queries wait; ask again later.")
  return error
}
