import type { Ended, OpenLink } from "../pipe/link.ts"
import type { Serve } from "../pipe/serve.ts"

/** The same program in this process, without any boundary: for fast tests. Bytes cross as on the pipe, so bounds hold. */
export const openInProcessLink =
  (serve: Serve, wipe: () => void): OpenLink =>
  (events) => {
    let end: (ended: Ended) => void = () => undefined
    let isOpen = true
    const ended = new Promise<Ended>((resolve) => {
      end = resolve
    })
    const close = (expected: boolean, detail: string) => {
      if (!isOpen) return
      isOpen = false
      wipe()
      end({ expected, detail, crashed: !expected })
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
