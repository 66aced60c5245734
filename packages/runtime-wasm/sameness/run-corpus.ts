/**
 * Runs a corpus and says what came out, as one JSON object: by name of the entry, SHA-256 over everything its calls show
 * (kind, result, gas, trap with its place, callbacks, events, and what was asked of the state); and how calls ended.
 *
 *   node run-corpus.mjs CORPUS.json
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { utf8Bytes } from "@enigma-discovery/protocol"
import { call, initWasi, prepare } from "@enigma-discovery/runtime-wasm"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { type Entry, readEntries } from "./entry.ts"

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part instanceof Uint8Array ? Buffer.from(part).toString("hex") : typeof part === "bigint" ? String(part) : part,
  )

const ends: Record<string, number> = {}

function run({ code, calls }: Entry): string {
  const hash = createHash("sha256")
  const state = new MemoryState()
  const module = prepare(code)
  for (const { kind, calldata, gasLimit } of calls) {
    const outcome = call(module, testContext({ kind, calldata }), state, testCrypto(), gasLimit)
    const end = outcome.kind === "trap" ? outcome.trap : outcome.kind
    ends[end] = (ends[end] ?? 0) + 1
    hash.update(utf8Bytes(`${shown(outcome)}\n${state.log.join("\n")}\n`))
  }
  return hash.digest("hex")
}

await initWasi()
const results: Record<string, string> = {}
for (const entry of readEntries(readFileSync(process.argv[2]!, "utf8"))) {
  try {
    results[entry.name] = run(entry)
  } catch (error) {
    results[entry.name] = `fault: ${error instanceof Error ? error.message : error}`
  }
}
console.log(JSON.stringify({ results, ends }))
