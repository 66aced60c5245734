/** Gateways without sockets, for a network inside one process: `fetch` finds them by their URL and hands the text to their methods. */
import { dispatch } from "./dispatch.ts"
import type { OpenDoor, RpcServerOptions } from "./server.ts"

export interface MemoryDoors {
  /** For one node; its URL is told by `urlOf`. */
  door(name: string): OpenDoor
  urlOf(name: string): string
  /** A node is gone: its door closes, and whoever waits at it hears so. */
  close(name: string): void
  /** Answers for the doors that are open. @throws TypeError for any other URL, as a refused connection */
  readonly fetch: typeof globalThis.fetch
}

interface Opened {
  readonly options: RpcServerOptions
  readonly stopping: AbortController
}

/** Longest answer, milliseconds: as on a port. */
const ANSWER_TIMEOUT_MS = 15_000

export function createMemoryDoors(): MemoryDoors {
  const open = new Map<string, Opened>()
  const urlOf = (name: string) => `http://${name}.in-process/`

  async function answer(url: string, body: string, signal: AbortSignal | undefined): Promise<string> {
    const door = open.get(url)
    if (door === undefined) throw new TypeError("fetch failed: nothing listens there")
    const { methods, log, onCall } = door.options
    const { signal: stopping } = door.stopping
    const signals = [stopping, AbortSignal.timeout(ANSWER_TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]
    // Nobody else calls here, so nobody is kept out by what one caller spends.
    const text = await dispatch(body, { methods, log, spend: () => true, onCall, signal: AbortSignal.any(signals) })
    if (stopping.aborted) throw new TypeError("fetch failed: the connection was closed")
    return text ?? ""
  }

  const close = (url: string) => {
    open.get(url)?.stopping.abort()
    open.delete(url)
  }

  return {
    urlOf,
    close: (name) => close(urlOf(name)),
    door: (name) => async (options) => {
      const url = urlOf(name)
      open.set(url, { options, stopping: new AbortController() })
      return {
        url,
        wsUrl: url.replace("http:", "ws:"),
        stop: async () => close(url),
      }
    },
    fetch: async (input, init) => {
      const text = await answer(String(input), String(init?.body ?? ""), init?.signal ?? undefined)
      return new Response(text, { headers: { "content-type": "application/json" } })
    },
  }
}
