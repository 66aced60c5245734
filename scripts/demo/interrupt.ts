// Ctrl-C, a polite kill, a closed terminal, a reader that went away: all end in the same clean way, once.
import os from "node:os"

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export interface Interruption {
  /** Aborted when somebody wants us to end. */
  readonly signal: AbortSignal
  /** 128 + the signal's number, as shells have it; undefined while nobody asked. */
  exitCode(): number | undefined
}

/** A second signal ends this process at once; the network's guardian then cleans up behind it. */
export function onInterruption(): Interruption {
  const controller = new AbortController()
  let code: number | undefined
  const end = (why: string, exitCode: number) => {
    if (code !== undefined) process.exit(exitCode)
    code = exitCode
    controller.abort(new Error(`interrupted by ${why}`))
  }
  for (const name of SIGNALS) process.on(name, () => end(name, 128 + os.constants.signals[name]))
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {
      if (code === undefined) end("a closed output", 1)
    })
  }
  return { signal: controller.signal, exitCode: () => code }
}
