/** The launcher's side of the guardian process, which owns the network's directory and cleans up whatever happens to us. */
import { once } from "node:events"
import { createInterface } from "node:readline"
import { devnetErrors } from "../errors.ts"
import { programPath, spawnNode } from "./spawn.ts"
import type { Stoppable } from "./stack.ts"

export interface Guardian extends Stoppable {
  /** The network's own directory (mode 0700); removed by the guardian at the end. */
  readonly directory: string
  readonly pid: number
  watch(pid: number): void
  forget(pid: number): void
  /** Ends the guardian, which then removes the directory; resolves when it is gone. */
  stop(): Promise<void>
}

export async function startGuardian(): Promise<Guardian> {
  const child = spawnNode(programPath("guardian"), [], ["pipe", "pipe", "inherit"])
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw devnetErrors.make("GUARDIAN_LOST", { how: "it has no pipes" })
  const exited = once(child, "exit")
  exited.catch(() => {}) // a failure to spawn is reported by the race below
  stdin.on("error", () => {}) // told by `exited`
  const firstLine = once(createInterface({ input: stdout }), "line")
  const [line] = await Promise.race([
    firstLine,
    exited.then(([code, signal]) => {
      throw devnetErrors.make("GUARDIAN_LOST", { how: `exit code ${code}, signal ${signal}` })
    }),
  ])
  const { directory } = JSON.parse(String(line)) as { directory: string }
  return {
    directory,
    pid: child.pid ?? -1,
    watch: (pid) => void stdin.write(`+${pid}\n`),
    forget: (pid) => void stdin.write(`-${pid}\n`),
    stop: async () => {
      stdin.end()
      await exited
    },
  }
}
