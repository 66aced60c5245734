import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import fc from "fast-check"
import { buildModule } from "../fuzz/build-module.ts"
import { call, explainTrap, prepare, runtimeErrors, separateDebug, type Trap } from "../src/index.ts"
import type { DebugLine } from "../src/internal/debug-lines.ts"
import { SourceMap, writeSourceMap } from "../src/internal/source-map.ts"
import { tillFixture } from "./support/fixture.ts"
import { wat } from "./support/wat.ts"

/** `share(0)` of till.c. */
const SHARE_NONE = Uint8Array.of(0x20, 0xa7, 0xea, 0x2e, ...new Uint8Array(32))

const trapOf = (code: Uint8Array): Trap => {
  const outcome = call(
    prepare(code),
    testContext({ calldata: SHARE_NONE }),
    new MemoryState(),
    testCrypto(),
    10_000_000n,
  )
  assert.ok(outcome.kind === "trap", outcome.kind)
  return outcome
}
const LINE = readFileSync(new URL("fixtures/debug/contract/till.c", import.meta.url), "utf8")
  .split("\n")
  .findIndex((text) => text.includes("amount / people"))

describe("separateDebug", () => {
  const sectionNames = (code: Uint8Array): string[] => {
    const module = new WebAssembly.Module(code as BufferSource)
    const known = ["name", "producers", "target_features", ".debug_line", ".debug_line_str", ".debug_info"]
    return known.filter((name) => WebAssembly.Module.customSections(module, name).length > 0)
  }

  for (const version of [4, 5] as const) {
    it(`leaves code alone, and leads back to the line of C: DWARF ${version}`, () => {
      const whole = tillFixture(version)
      const { code, sourceMap } = separateDebug(whole)
      assert.ok(sectionNames(whole).length >= 5 && code.length < whole.length / 4)
      assert.deepEqual(sectionNames(code), [])
      assert.deepEqual(code, separateDebug(tillFixture(4)).code)
      const { text } = explainTrap(trapOf(code), { contract: "Till", sourceMap })
      assert.match(text, new RegExp(`^division-by-zero in Till\\.divide \\(contract/till\\.c:${LINE + 1}:\\d+\\)$`))
      assert.deepEqual(new Set(JSON.parse(sourceMap).sources), new Set(["contract/till.c"]))
    })
  }

  it("keeps names where there are no lines", () => {
    const named = wat(
      `(module $Shop (func $pay (unreachable)) (func (export "construct")) (func (export "call") (call $pay)))`,
    )
    const { code, sourceMap } = separateDebug(named)
    assert.deepEqual(sectionNames(code), [])
    assert.match(explainTrap(trapOf(code), { sourceMap }).text, /^unreachable in Shop\.pay \(byte \d+\)$/)
    assert.deepEqual(separateDebug(code).code, code)
  })

  it("moves offsets when something stood before the code, and refuses a map that it can't move", () => {
    const whole = tillFixture(4)
    const dust = Uint8Array.of(0, 3, 1, 0x78, 7)
    const shifted = Uint8Array.from([...whole.subarray(0, 8), ...dust, ...whole.subarray(8)])
    assert.deepEqual(separateDebug(shifted), separateDebug(whole))
    const { sourceMap } = separateDebug(whole)
    assert.equal(separateDebug(whole, sourceMap).sourceMap, sourceMap)
    assert.throws(
      () => separateDebug(shifted, sourceMap),
      (e) => runtimeErrors.is(e, "BAD_SOURCE_MAP"),
    )
  })

  it("refuses debug information of other code", () => {
    const [lines] = WebAssembly.Module.customSections(
      new WebAssembly.Module(tillFixture(4) as BufferSource),
      ".debug_line",
    )
    const name = [11, ...Buffer.from(".debug_line")]
    const other = buildModule({
      functions: [{ code: [] }, { code: [] }],
      raw: [[0, [...name, ...new Uint8Array(lines!)]]],
    })
    assert.throws(
      () => separateDebug(other),
      (e) => runtimeErrors.is(e, "STALE_DEBUG_INFO"),
    )
  })

  it("refuses or reads whatever stands in the debug information", () => {
    const whole = tillFixture(5)
    const debugAt = separateDebug(whole).code.length
    for (let at = debugAt; at < whole.length; at++) {
      for (const byte of [0, 0x7f, 0x80, 0xff]) {
        const broken = whole.slice()
        broken[at] = byte
        try {
          new SourceMap(separateDebug(broken).sourceMap)
        } catch (error) {
          assert.ok(runtimeErrors.is(error), `byte ${at} as ${byte}: ${error}`)
        }
      }
    }
  })
})

describe("a source map that was written", () => {
  const line = fc.record({
    offset: fc.nat(1_000_000),
    file: fc.option(fc.constantFrom("a.c", "b/c.rs", "~lib/d.ts"), { nil: undefined }),
    line: fc.nat(100_000),
    column: fc.nat(1_000),
  })

  it("reads back", () => {
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ({ offset }) => offset }), fc.nat(1_000), (unordered, first) => {
        const lines: DebugLine[] = unordered.sort((a, b) => a.offset - b.offset)
        const map = new SourceMap(writeSourceMap(lines, first))
        for (const { offset, file, line, column } of lines) {
          const want = file === undefined || line === 0 ? undefined : { file, line, column: Math.max(1, column) }
          assert.deepEqual(map.lineAt(first + offset), want)
        }
        if (lines.length > 0) assert.equal(map.lineAt(first + lines[0]!.offset - 1), undefined)
      }),
    )
  })

  it("tells a library's line and the author's own before it, not beyond the function", () => {
    const lines: DebugLine[] = [
      { offset: 10, file: "own.ts", line: 3, column: 1 },
      { offset: 20, file: "~lib/array.ts", line: 90, column: 5 },
    ]
    const map = (start: number) => {
      const names = { module: "", functions: [[1, start, "own/Shop#pay"]] }
      return JSON.stringify({ ...JSON.parse(writeSourceMap(lines, 0)), x_enigma: names })
    }
    const explain = (start: number) =>
      explainTrap("unreachable: function 1, byte 25", { contract: "Shop", sourceMap: map(start) })
    assert.equal(explain(5).text, "unreachable in Shop.pay (~lib/array.ts:90:5, near own.ts:3)")
    assert.equal(explain(15).own, undefined)
    assert.equal(explain(15).text, "unreachable in Shop.pay (~lib/array.ts:90:5)")
  })

  it("tells the innermost call out of the author's own code when a library trapped in a function of its own", () => {
    const lines: DebugLine[] = [
      { offset: 10, file: "own.ts", line: 3, column: 1 },
      { offset: 20, file: "own.ts", line: 4, column: 9 },
      { offset: 30, file: "~lib/util.ts", line: 7, column: 1 },
      { offset: 40, file: "~lib/array.ts", line: 90, column: 5 },
    ]
    const functions = [
      [1, 5, "own/Shop#pay"],
      [2, 29, "~lib/util/get"],
      [3, 39, "~lib/array/Array<u64>#__get"],
    ]
    const map = { ...JSON.parse(writeSourceMap(lines, 0)), x_enigma: { module: "", functions } }
    const explain = (calls: string, sourceMap?: string) =>
      explainTrap(`unreachable: function 3, byte 45${calls}`, { contract: "Shop", sourceMap })
    const explained = explain(" from 2:31 1:22 1:12", JSON.stringify(map))
    assert.equal(explained.text, "unreachable in ~lib/array/Array<u64>#__get (~lib/array.ts:90:5, near own.ts:4)")
    assert.deepEqual(explained.own, { file: "own.ts", line: 4, column: 9 })
    assert.equal(explain(" from 2:31", JSON.stringify(map)).own, undefined)
    assert.equal(explain(" from 2:31 1:22").text, "unreachable in Shop.function 3 (byte 45)")
    // C's library has no debug information at all
    const bare = { ...map, ...JSON.parse(writeSourceMap([...lines.slice(0, 2), { ...lines[3]!, file: undefined }], 0)) }
    assert.equal(
      explain(" from 1:22", JSON.stringify(bare)).text,
      "unreachable in ~lib/array/Array<u64>#__get (byte 45, near own.ts:4)",
    )
  })

  it("is refused when its names are none", () => {
    for (const names of [{ functions: 7 }, { functions: [7] }, { functions: [[1, "x", "y"]] }, { functions: [[1, 2]] }])
      assert.throws(
        () => new SourceMap(JSON.stringify({ version: 3, sources: [], mappings: "", x_enigma: names })),
        (e) => runtimeErrors.is(e, "BAD_SOURCE_MAP"),
      )
  })
})

describe("enigma-wasm", () => {
  const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url))

  it("writes what is deployed and its map, and names what it refuses", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "enigma-wasm-"))
    try {
      writeFileSync(path.join(folder, "till.wasm"), tillFixture(4))
      writeFileSync(path.join(folder, "bad.wasm"), "no module")
      const run = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: "utf8" })
      const { stdout, stderr, status } = run("till.wasm", "bad.wasm", "none.wasm")
      assert.match(stdout, /^out\/till\.wasm: \d+ bytes, profile bare\n$/)
      assert.match(stderr, /^bad\.wasm: .*WebAssembly magic.*\nnone\.wasm: .*ENOENT/)
      assert.equal(status, 1)
      assert.deepEqual(readdirSync(path.join(folder, "out")).sort(), ["till.wasm", "till.wasm.map"])
      assert.deepEqual(
        new Uint8Array(readFileSync(path.join(folder, "out/till.wasm"))),
        separateDebug(tillFixture(4)).code,
      )
      assert.equal(run("till.wasm", "--out-dir", ".").status, 1)
      assert.deepEqual(new Uint8Array(readFileSync(path.join(folder, "till.wasm"))), tillFixture(4))
      assert.equal(run().status, 2)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
