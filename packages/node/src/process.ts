/** The life of a node process: configuration in, events out, signals and the parent's end heard. */
import { EnigmaError } from "@enigma-discovery/protocol"
import { nodeErrors } from "./errors.ts"
import { printEvent } from "./events.ts"

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** @throws NODE_BAD_USAGE */
export function configPathOf(argv: readonly string[]): string {
  const [flag, path, ...rest] = argv
  if (flag !== "--config" || path === undefined || path === "" || rest.length > 0) throw nodeErrors.make("BAD_USAGE")
  return path
}

/** Prints why the process ends and returns its exit code: 2 for what the operator must correct, 1 for the rest. */
export function reportFailure(error: unknown): number {
  const isOurs = error instanceof EnigmaError
  printEvent({
    event: "failed",
    code: isOurs ? error.name : "NODE_UNEXPECTED",
    message: error instanceof Error ? error.message : "unknown failure",
  })
  for (let at: unknown = error; at instanceof Error; at = at.cause) process.stderr.write(`${at.stack ?? at.message}\n`)
  return nodeErrors.is(error, "BAD_CONFIG") ||
    nodeErrors.is(error, "CONFIG_UNREADABLE") ||
    nodeErrors.is(error, "BAD_USAGE")
    ? 2
    : 1
}

/**
 * Resolves at the first signal, or when standard input closes and `withParent` asks for it. A second signal ends the process at
 * once: whoever sends two does not want to wait.
 */
export function untilAskedToStop(withParent: boolean): {
  readonly asked: Promise<string>
  readonly release: () => void
} {
  const { promise, resolve } = Promise.withResolvers<string>()
  let first = true
  const onSignal = (signal: NodeJS.Signals) => {
    if (!first) process.exit(1)
    first = false
    resolve(signal)
  }
  const onEnd = () => resolve("parent")
  for (const signal of SIGNALS) process.on(signal, onSignal)
  if (withParent) {
    process.stdin.on("end", onEnd).on("close", onEnd).on("error", onEnd)
    process.stdin.resume()
  }
  return {
    asked: promise,
    release: () => {
      process.stdin.off("end", onEnd).off("close", onEnd).off("error", onEnd)
      if (withParent) process.stdin.destroy()
    },
  }
}
