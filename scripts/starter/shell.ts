// A reader's terminals: one whose commands come one after the other, and more for what stays up.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { plainEnvironment } from "../pack/npm.ts"

const STOP_MS = 20_000

export interface ShellOptions {
  readonly home: string
  readonly cwd: string
  /** For commands that end by themselves, and for the first sign of those that do not. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

export class Shell {
  readonly #options: ShellOptions
  readonly #background: ChildProcess[] = []
  #cwd: string

  constructor(options: ShellOptions) {
    this.#options = options
    this.#cwd = options.cwd
  }

  get cwd(): string {
    return this.#cwd
  }

  /** Ends with the directory in which the commands ended. @throws Error when one fails, or all together take too long */
  async run(commands: string): Promise<void> {
    const at = path.join(this.#options.home, ".pwd")
    const child = this.#start(`set -e\n${commands}\npwd > '${at}'`, "inherit")
    const timer = setTimeout(() => end(child, "SIGTERM"), this.#options.limitMs)
    const [code] = (await once(child, "exit")) as [number | null]
    clearTimeout(timer)
    this.#options.signal.throwIfAborted()
    if (code !== 0) throw new Error(`These commands failed (${code ?? "they took too long"}):\n${commands}`)
    this.#cwd = fs.readFileSync(at, "utf8").trim()
  }

  /** Resolves to all that it said when it says what is waited for. @throws Error when it ends or is silent too long */
  async keepUp(command: string, ready: RegExp): Promise<string> {
    const child = this.#start(command, "pipe")
    this.#background.push(child)
    let said = ""
    return await new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}:\n${command}\n${said}`))
      const timer = setTimeout(() => fail("This did not come up in time"), this.#options.limitMs)
      child.once("exit", (code) => fail(`This ended (${code}) although it should stay up`))
      child.once("exit", () => clearTimeout(timer))
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (chunk: Buffer) => {
          process.stderr.write(chunk)
          said += chunk
          if (!ready.test(said)) return
          clearTimeout(timer)
          resolve(said)
        })
    })
  }

  /** As Ctrl-C does, last first. @throws Error when something does not end by that */
  async stop(): Promise<void> {
    for (const child of this.#background.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = once(child, "exit").then(() => true)
      end(child, "SIGINT")
      const timer = setTimeout(() => end(child, "SIGKILL"), STOP_MS)
      await ended
      clearTimeout(timer)
      if (child.signalCode === "SIGKILL") throw new Error("A command did not end by Ctrl-C.")
    }
  }

  #start(script: string, output: "inherit" | "pipe"): ChildProcess {
    const user = os.homedir()
    const env = {
      npm_config_cache: path.join(user, ".npm"),
      npm_config_userconfig: path.join(user, ".npmrc"),
      ...plainEnvironment(),
      HOME: this.#options.home,
      NO_COLOR: "1",
      CI: "true",
    }
    const out = output === "inherit" ? 2 : "pipe"
    const child = spawn("bash", ["-c", script], { cwd: this.#cwd, env, detached: true, stdio: ["ignore", out, out] })
    this.#options.signal.addEventListener("abort", () => end(child, "SIGTERM"), { once: true })
    return child
  }
}

/** The whole group, as a terminal does. */
function end({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
