import type { Serve } from "../pipe/serve.ts"
import type { OpenLink } from "./link.ts"

/** The same program in this process, without any boundary: for fast tests. Bytes cross as on the pipe, so bounds hold. */
export const openInProcessLink =
  (serve: Serve, wipe: () => void): OpenLink =>
  (events) => {
    let end: (ended: { expected: boolean; detail: string }) => void = () => undefined
    let isOpen = true
    const ended = new Promise<{ expected: boolean; detail: string }>((resolve) => {
      end = resolve
    })
    const close = (expected: boolean, detail: string) => {
      if (!isOpen) return
      isOpen = false
      wipe()
      end({ expected, detail })
    }
    return {
      ended,
      send(body) {
        if (isOpen) void serve(body).then((answer) => (isOpen ? events.onBody(answer) : undefined))
      },
      stop() {
        close(true, "stopped")
        return Promise.resolve()
      },
      abort: (why) => close(false, why),
    }
  }
