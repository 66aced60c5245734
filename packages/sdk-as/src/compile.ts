import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import type { Hex } from "@enigma-discovery/protocol"
import type { AbiEntry, EthereumEntry, StateEntry } from "./abi-json.ts"
import { runCompiler } from "./compiler-process.ts"
import { sdkErrors } from "./errors.ts"
import type { Problem } from "./source-problems.ts"

export type CompileOptions = {
  /** Folder to write `<Contract>.wasm`, `<Contract>.json` (ABI and the rest) and `<Contract>.wasm.map` into. */
  readonly outDir?: string
  /** "stub" never frees memory, which suits calls that end soon; "incremental" collects garbage. Default "stub". */
  readonly runtime?: "stub" | "incremental"
}

/** What a contract looks like from outside. */
export type ContractShape = {
  /** Name of the contract's class. */
  readonly name: string
  /** Constructor, functions, events and errors, in Solidity's ABI JSON. */
  readonly abi: readonly AbiEntry[]
  /** The fields of the contract that are state, in the order of the source. */
  readonly state: readonly StateEntry[]
  /** The Ethereum contracts it calls. */
  readonly ethereum: readonly EthereumEntry[]
}

export type CompiledContract = ContractShape & {
  /** What is deployed: code only, no names. */
  readonly wasm: Uint8Array
  /** keccak256 of `wasm`, 32 bytes: what the contract's address commits to. */
  readonly codeHash: Hex
  /** Source map of `wasm`, as JSON: lines of the source and names of functions by offset in it; what explains a trap. */
  readonly sourceMap: string
  /** The code in WebAssembly's text format. */
  readonly codeText: string
}

export type CompileRequest = { readonly entry: string; readonly baseDir: string; readonly runtime: string }
export type CompileAnswer =
  | ({ readonly kind: "compiled" } & CompiledContract)
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | { readonly kind: "diagnostics"; readonly problems: readonly Omit<Problem, "fix">[] }
  | { readonly kind: "crash"; readonly output: string }

/**
 * Compiles a secret contract written in AssemblyScript. The same source gives the same bytes, wherever it lies.
 *
 * @param file path of the source that holds the class with `@contract`
 * @throws SDK_AS_ENTRY_NOT_FOUND, SDK_AS_BAD_CONTRACT (the contract's shape: with what to write instead),
 *   SDK_AS_COMPILE_FAILED (any other error in the source), SDK_AS_COMPILER_CRASHED. The first two kinds name file, line
 *   and column; when there are several problems, `data.more` lists the others.
 */
export async function compileContract(file: string, options: CompileOptions = {}): Promise<CompiledContract> {
  const path = resolve(file)
  if (!existsSync(path)) throw sdkErrors.make("ENTRY_NOT_FOUND", { entry: path })
  const runtime = options.runtime ?? "stub"
  const answer = await runCompiler({ entry: basename(path), baseDir: dirname(path), runtime })
  if (answer.kind === "crash")
    throw sdkErrors.make("COMPILER_CRASHED", { exitCode: 0, output: answer.output.slice(0, 2_000) })
  if (answer.kind === "problems" || answer.kind === "diagnostics") throw firstProblem(answer)
  const { kind: _, ...compiled } = answer
  if (options.outDir !== undefined) await writeContract(compiled, options.outDir)
  return compiled
}

function firstProblem(answer: Extract<CompileAnswer, { kind: "problems" | "diagnostics" }>): Error {
  const [first, ...others] = answer.problems
  const more = others.length > 0 ? { more: others.map(lineOf).join("\n") } : {}
  if (answer.kind === "problems") return sdkErrors.make("BAD_CONTRACT", { ...(first as Problem), ...more })
  return sdkErrors.make("COMPILE_FAILED", { ...first!, ...more })
}

const lineOf = ({ file, line, column, problem, fix }: Omit<Problem, "fix"> & Partial<Problem>): string =>
  `${file}:${line}:${column}: ${problem}${fix === undefined ? "" : ` ${fix}`}`

/** Format of `<Contract>.json`. */
const ARTIFACT_FORMAT = "enigma-sdk-as-1"

async function writeContract(compiled: CompiledContract, outDir: string): Promise<void> {
  const { wasm, sourceMap, codeText: _, name, ...shape } = compiled
  await mkdir(outDir, { recursive: true })
  await writeFile(join(outDir, `${name}.wasm`), wasm)
  await writeFile(join(outDir, `${name}.wasm.map`), sourceMap)
  const artifact = { format: ARTIFACT_FORMAT, contractName: name, ...shape }
  await writeFile(join(outDir, `${name}.json`), `${JSON.stringify(artifact, null, 2)}\n`)
}
