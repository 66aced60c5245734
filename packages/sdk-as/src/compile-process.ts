/**
 * Runs the AssemblyScript compiler, in a process of its own: when it crashes it ends the process it runs in, and its
 * memory (200 MB and more) goes with it. One answer to each request, one request at a time.
 */
import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import { separateDebug } from "@enigma-discovery/runtime-wasm"
import asc from "assemblyscript/asc"
import type { CompileAnswer, CompileRequest, ContractShape } from "./compile.ts"
import { ContractProblems, contractTransform } from "./contract-transform.ts"

import { LIBRARY } from "./library-name.ts"

const ASSEMBLY = fileURLToPath(new URL("../assembly", import.meta.url))

/** Texts by the path the compiler reports them under, for turning its offsets into lines. */
const texts = new Map<string, string>()

async function readSource(name: string, baseDir: string): Promise<string | null> {
  const library = name.indexOf(`node_modules/${LIBRARY}/`)
  const path =
    library >= 0 ? resolve(ASSEMBLY, name.slice(library + `node_modules/${LIBRARY}/`.length)) : resolve(baseDir, name)
  const text = await readFile(path, "utf8").catch(() => null)
  if (text !== null) texts.set(name.replace(/^.*node_modules\//, "~lib/"), text)
  return text
}

async function compile({ entry, baseDir, runtime }: CompileRequest): Promise<CompileAnswer> {
  const files = new Map<string, Uint8Array | string>()
  const learned: { shape: ContractShape | undefined } = { shape: undefined }
  const problems: { file: string; line: number; column: number; problem: string }[] = []
  const stderr = asc.createMemoryStream()
  const arguments_ = [
    entry,
    "--baseDir",
    baseDir,
    "--outFile",
    "contract.wasm",
    "--textFile",
    "contract.wat",
    "--runtime",
    runtime,
    "--use",
    "abort=",
    "-Oz",
    "--converge",
    // Names and the source map do not change the code; they are taken off it below.
    "--debug",
    "--sourceMap",
  ]
  const { error } = await asc.main(arguments_, {
    stdout: asc.createMemoryStream(),
    stderr,
    // biome-ignore lint/suspicious/noExplicitAny: the declared type is that of an older compiler
    transforms: [contractTransform(learned)] as any,
    readFile: readSource,
    writeFile: async (name: string, contents: Uint8Array | string) => void files.set(name, contents),
    listFiles: async () => [],
    reportDiagnostic(diagnostic) {
      const { range, message } = diagnostic
      const place = range === null ? { line: 0, column: 0 } : placeOf(range.source, range.start)
      if (diagnostic.category === 3)
        problems.push({ file: range?.source.normalizedPath ?? entry, ...place, problem: message })
    },
  })
  const wasm = files.get("contract.wasm")
  if (error instanceof ContractProblems || error?.cause instanceof ContractProblems)
    return { kind: "problems", problems: (error as ContractProblems).problems }
  if (error !== null || !(wasm instanceof Uint8Array))
    return problems.length > 0
      ? { kind: "diagnostics", problems }
      : { kind: "crash", output: `${error?.message ?? ""} ${stderr.toString()}` }
  const { code, sourceMap } = separateDebug(wasm, withoutLibraryTexts(String(files.get("contract.wasm.map"))))
  return {
    kind: "compiled",
    ...learned.shape!,
    wasm: code,
    codeHash: toHex(keccak256(code)),
    sourceMap,
    codeText: String(files.get("contract.wat")),
  }
}

/** The texts of the libraries are most of a source map, and nobody steps into them. */
function withoutLibraryTexts(json: string): string {
  const map = JSON.parse(json) as { sources: string[]; sourcesContent?: (string | null)[] }
  const sourcesContent = map.sourcesContent?.map((text, i) => (map.sources[i]!.startsWith("~lib/") ? null : text))
  return JSON.stringify({ ...map, sourcesContent })
}

function placeOf(source: { normalizedPath: string }, offset: number): { line: number; column: number } {
  const before = (texts.get(source.normalizedPath) ?? "").slice(0, offset).split("\n")
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

process.on("message", async (request: CompileRequest) => {
  texts.clear()
  const answer = await compile(request).catch(
    (error: unknown): CompileAnswer =>
      error instanceof ContractProblems
        ? { kind: "problems", problems: error.problems }
        : { kind: "crash", output: String(error) },
  )
  process.send!(answer)
})
