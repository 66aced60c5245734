/** What every role does for its peers, besides its own protocols: tells who it is, and hands on headers. */
import type { WorkerInfo } from "@enigma-discovery/protocol"
import { around, type NodeBase } from "./base.ts"
import { createHeaderSource, type HeaderSource, headerHandler } from "./chain/header-exchange.ts"
import { type Handler, type Handlers, type Requester, startRequester } from "./p2p/requests.ts"
import { createDirectory, type Directory } from "./peers/directory.ts"
import type { Stack } from "./stack.ts"

export interface ServicesOptions {
  readonly role: string
  readonly blockNumber: () => number
  readonly worker?: () => WorkerInfo | undefined
  /** The role's own protocols. */
  readonly handlers?: Handlers
}

export interface Services {
  readonly requester: Requester
  readonly directory: Directory
  readonly headerSource: HeaderSource
  /** For the ready message. */
  readonly self: () => { readonly pid: number; readonly peerId: string; readonly addresses: readonly string[] }
}

const statusHandler = ({ role, worker, blockNumber }: ServicesOptions): Handler<"status"> => ({
  perPeer: { count: 60, everyMs: 10_000 },
  total: { count: 2_000, everyMs: 10_000 },
  handle: async () => ({ worker: worker?.(), role, blockNumber: BigInt(blockNumber()) }),
})

export async function startServices(up: Stack, base: NodeBase, options: ServicesOptions): Promise<Services> {
  const { p2p, headers, deps } = base
  const { log, clock } = deps
  const requester = await up.start("requests", async () => {
    const handlers = { ...options.handlers, status: statusHandler(options), header: headerHandler(headers) }
    return around(deps.aroundRequests, await startRequester({ ...p2p, now: clock.now, log, handlers }))
  })
  const directory = await up.start("directory", () => createDirectory(p2p.host, requester, clock, log))
  const headerSource = createHeaderSource({ headers, directory, requester, reputation: p2p.reputation, log })
  const { host } = p2p
  return Object.freeze({
    requester,
    directory,
    headerSource,
    self: () => ({
      pid: process.pid,
      peerId: host.peerId.toString(),
      addresses: host.getMultiaddrs().map((address) => address.toString()),
    }),
  })
}
