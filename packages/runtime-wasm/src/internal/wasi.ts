import { MAX_ERROR_TEXT_BYTES, MAX_RETURN_BYTES } from "@enigma-discovery/protocol"
import { init, MemFS, WASI } from "@wasmer/wasi"
import { START_EXPORT } from "../constants.ts"
import { runtimeErrors } from "../errors.ts"
import type { PreparedModule } from "../prepare.ts"
import { enter, hostImports } from "./bare.ts"
import { CallEnded, guestText, misuse, type RunState } from "./run-state.ts"
import { WASI_MODULE } from "./wasi-abi.ts"
import { encodeRunResult, readProgramInput } from "./wasi-calldata.ts"
import { WasiFault, wasiImports } from "./wasi-imports.ts"

let ready = false

/**
 * Loads wasmer's WASI (once, about 25 ms). To be awaited before a program for WASI is prepared or called; contracts of
 * the bare profile don't need it.
 */
export async function initWasi(): Promise<void> {
  if (ready) return
  await init(undefined, true)
  ready = true
}

export const isWasiReady = (): boolean => ready

/**
 * Runs an ordinary command-line program: calldata on standard input, its name and the kind of call as arguments (or both
 * as `run(string[],bytes)` says), an empty file system in memory, standard output as return data. It ends well with exit
 * code 0; any other reverts with what it wrote to standard error. Clock and randomness are those of the task.
 */
export function runWasi(module: PreparedModule, run: RunState): Uint8Array | undefined {
  if (!ready) throw runtimeErrors.make("WASI_NOT_READY")
  const input = readProgramInput(run.context)
  const fs = new MemFS()
  const wasi = new WASI({ args: [...input.args], env: {}, preopens: { "/": "/" }, fs })
  try {
    wasi.setStdinBuffer(input.stdin)
    const provided = wasi.getImports(module.compiled) as Record<string, WebAssembly.ModuleImports>
    const instance = new WebAssembly.Instance(module.compiled, {
      ...provided,
      env: hostImports(module, run),
      [WASI_MODULE]: wasiImports(provided[WASI_MODULE] ?? {}, run),
    })
    wasi.instantiate(instance, undefined)
    run.attach(instance)
    const code = runProgram(instance, run, wasi)
    const errors = guestText(lastOf(wasi.getStderrBuffer()), MAX_ERROR_TEXT_BYTES)
    if (code !== 0) throw new CallEnded({ end: "revert", message: errors || `the program exited with code ${code}` })
    const out = wasi.getStdoutBuffer()
    if (out.length > MAX_RETURN_BYTES)
      throw misuse(`standard output is ${out.length} bytes; ${MAX_RETURN_BYTES} are returned at most`)
    return input.viaRun ? encodeRunResult(out) : out
  } catch (cause) {
    if (!(cause instanceof WasiFault)) throw cause
    // wasmer's own module has trapped and is not to be trusted with another call.
    ready = false
    throw runtimeErrors.make("ENGINE_FAULT", { reason: "WASI failed inside" }, { cause })
  } finally {
    if (ready) wasi.free()
  }
}

/** @returns the exit code */
function runProgram(instance: WebAssembly.Instance, run: RunState, wasi: WASI): number {
  try {
    enter(instance, START_EXPORT)
    enter(instance, "_start")
    return 0
  } catch (cause) {
    if (cause instanceof CallEnded && cause.reason.end === "exit") return cause.reason.code
    if (cause instanceof WebAssembly.RuntimeError)
      run.trapDetail = guestText(lastOf(wasi.getStderrBuffer()), MAX_ERROR_TEXT_BYTES)
    throw cause
  }
}

const lastOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(Math.max(0, bytes.length - MAX_ERROR_TEXT_BYTES))
