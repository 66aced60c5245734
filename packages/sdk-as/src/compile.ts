import { fork } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { AbiEntry } from "./contract-model.ts"
import { sdkErrors } from "./errors.ts"
import type { Problem } from "./read-contract.ts"

export type CompileOptions = {
  /** Path of the contract's source. */
  readonly entry: string
  /** Folder to write `<Contract>.wasm`, `.wat`, `.abi.json` (and `.wasm.map` with `debug`) into. */
  readonly outDir?: string
  /** Without optimisation, with names and a source map, for explaining traps. Default false. */
  readonly debug?: boolean
  /** "stub" never frees memory, which suits calls that end soon; "incremental" collects garbage. Default "stub". */
  readonly runtime?: "stub" | "incremental"
}

export type CompiledContract = {
  /** Name of the contract's class. */
  readonly name: string
  readonly wasm: Uint8Array
  readonly abi: readonly AbiEntry[]
  /** The code in WebAssembly's text format. */
  readonly codeText: string
  /** Source map of the code, as JSON; only with `debug`. */
  readonly sourceMap: string | undefined
}

export type CompileRequest = {
  readonly entry: string
  readonly baseDir: string
  readonly debug: boolean
  readonly runtime: string
}
export type CompileAnswer =
  | ({ readonly kind: "compiled" } & CompiledContract)
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | { readonly kind: "diagnostics"; readonly problems: readonly Omit<Problem, "fix">[] }
  | { readonly kind: "crash"; readonly output: string }

/**
 * Compiles a secret contract written in AssemblyScript. The same source gives the same bytes.
 * @throws SDK_AS_ENTRY_NOT_FOUND, SDK_AS_BAD_CONTRACT (the contract's shape: with what to write instead),
 *   SDK_AS_COMPILE_FAILED (any other error in the source), SDK_AS_COMPILER_CRASHED
 */
export async function compile(options: CompileOptions): Promise<CompiledContract> {
  const path = resolve(options.entry)
  if (!existsSync(path)) throw sdkErrors.make("ENTRY_NOT_FOUND", { entry: path })
  const answer = await runCompiler({
    entry: basename(path),
    baseDir: dirname(path),
    debug: options.debug ?? false,
    runtime: options.runtime ?? "stub",
  })
  if (answer.kind === "crash")
    throw sdkErrors.make("COMPILER_CRASHED", { exitCode: 0, output: answer.output.slice(0, 2_000) })
  if (answer.kind === "problems" || answer.kind === "diagnostics") throw firstProblem(answer)
  const { kind: _, ...compiled } = answer
  if (options.outDir !== undefined) await writeContract(compiled, options.outDir)
  return compiled
}

function firstProblem(answer: Extract<CompileAnswer, { kind: "problems" | "diagnostics" }>): Error {
  const [first, ...others] = answer.problems
  const more =
    others.length > 0 ? { more: others.map(({ file, line, problem }) => `${file}:${line}: ${problem}`).join("\n") } : {}
  if (answer.kind === "problems") return sdkErrors.make("BAD_CONTRACT", { ...(first as Problem), ...more })
  return sdkErrors.make("COMPILE_FAILED", { ...first!, ...more })
}

async function writeContract(
  { name, wasm, codeText, abi, sourceMap }: CompiledContract,
  outDir: string,
): Promise<void> {
  await mkdir(outDir, { recursive: true })
  await writeFile(join(outDir, `${name}.wasm`), wasm)
  await writeFile(join(outDir, `${name}.wat`), codeText)
  await writeFile(join(outDir, `${name}.abi.json`), `${JSON.stringify(abi, null, 2)}\n`)
  if (sourceMap !== undefined) await writeFile(join(outDir, `${name}.wasm.map`), sourceMap)
}

function runCompiler(request: CompileRequest): Promise<CompileAnswer> {
  const here = fileURLToPath(import.meta.url)
  const program = join(dirname(here), `compile-process${here.endsWith(".ts") ? ".ts" : ".js"}`)
  return new Promise((done, failed) => {
    const child = fork(program, { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc"] })
    let output = ""
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout!.on("data", keep)
    child.stderr!.on("data", keep)
    let answer: CompileAnswer | undefined
    child.on("message", (message) => {
      answer = message as CompileAnswer
    })
    child.on("error", failed)
    child.on("close", (exitCode) => {
      if (answer !== undefined) done(answer)
      else failed(sdkErrors.make("COMPILER_CRASHED", { exitCode: exitCode ?? -1, output }))
    })
    child.send(request)
  })
}
