import { type ChildProcess, fork } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { CompileAnswer, CompileRequest } from "./compile.ts"
import { sdkErrors } from "./errors.ts"

/** A second compilation in a warm process takes a quarter of the first (4.6 s of CPU, then about 1 s). */
const IDLE_MS = 10_000
const OUTPUT_CHARACTERS = 4_000

/**
 * The AssemblyScript compiler in a process of its own, for one request at a time. It is started when it is needed, kept for
 * a while, does not keep this process alive, and ends with it. One that crashed is replaced.
 */
class CompilerProcess {
  #child: ChildProcess | undefined
  #output = ""
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined

  run(request: CompileRequest): Promise<CompileAnswer> {
    const answer = this.#last.then(() => this.#ask(request))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async #ask(request: CompileRequest): Promise<CompileAnswer> {
    clearTimeout(this.#idle)
    const child = this.#child ?? this.#start()
    hold(child, true)
    this.#output = ""
    try {
      const answer = await answerOf(child, request, () => this.#output)
      if (answer.kind === "crash") this.#end(child)
      return answer
    } catch (error) {
      this.#end(child)
      throw error
    } finally {
      hold(child, false)
      this.#idle = setTimeout(() => this.#end(child), IDLE_MS).unref()
    }
  }

  #start(): ChildProcess {
    const here = fileURLToPath(import.meta.url)
    const program = join(dirname(here), `compile-process${here.endsWith(".ts") ? ".ts" : ".js"}`)
    const child = fork(program, { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc"] })
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_CHARACTERS)
    }
    child.stdout!.on("data", keep)
    child.stderr!.on("data", keep)
    this.#child = child
    return child
  }

  /** Without its channel the process has nothing to wait for, and ends. */
  #end(child: ChildProcess): void {
    if (child.connected) child.disconnect()
    if (this.#child === child) this.#child = undefined
  }
}

function answerOf(child: ChildProcess, request: CompileRequest, output: () => string): Promise<CompileAnswer> {
  return new Promise((done, failed) => {
    const crashed = (exitCode: number | null): void =>
      failed(sdkErrors.make("COMPILER_CRASHED", { exitCode: exitCode ?? -1, output: output() }))
    child.once("close", crashed)
    child.once("error", failed)
    child.once("message", (answer) => {
      child.off("close", crashed)
      child.off("error", failed)
      done(answer as CompileAnswer)
    })
    child.send(request, (error) => error && failed(error))
  })
}

/** Does the child keep this process alive? */
function hold(child: ChildProcess, isBusy: boolean): void {
  const handles = [child, child.channel, child.stdout, child.stderr] as readonly ({
    ref?(): void
    unref?(): void
  } | null)[]
  for (const handle of handles) isBusy ? handle?.ref?.() : handle?.unref?.()
}

const compiler = new CompilerProcess()

export const runCompiler = (request: CompileRequest): Promise<CompileAnswer> => compiler.run(request)
