import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { type TestContext, test } from "node:test"
import { countHardhat, countRecord, END_OF_RECORD } from "../../scripts/testing/counts.ts"
import { runCommand } from "../../scripts/testing/run-command.ts"
import { runFiles } from "../../scripts/testing/run-files.ts"
import { withoutPassed } from "../../scripts/testing/run-step.ts"
import { tempTree } from "./support.ts"

const IMPORT = 'import { describe, it, test, before } from "node:test"\n'

async function run(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  limits: { fileLimitMs?: number; stepLimitMs?: number } = {},
) {
  const root = tempTree(t, Object.fromEntries(Object.entries(files).map(([name, body]) => [name, IMPORT + body])))
  const progress: string[] = []
  const result = await runFiles(
    Object.keys(files).map((name) => path.join(root, name)),
    {
      root,
      concurrency: 2,
      testLimitMs: 20_000,
      fileLimitMs: 30_000,
      stepLimitMs: 60_000,
      onProgress: (done, of) => progress.push(`${done}/${of}`),
      ...limits,
    },
  )
  assert.equal(progress.at(-1), `${Object.keys(files).length}/${Object.keys(files).length}`)
  return result
}

test("counts tests, not suites or parents, over all files", async (t) => {
  const result = await run(t, {
    "a.test.ts": `describe("s", () => { it("1", () => {}); it("2", () => {}); it.skip("3", () => {}); it.todo("4") })`,
    "b.test.ts": `test("parent", async (t) => { await t.test("child", () => {}) })`,
  })
  assert.deepEqual(result.counts, { passed: 4, failed: 0, skipped: 2 })
  assert.deepEqual(result.failures, [])
})

test("a failing test is counted once, and its file's output is kept", async (t) => {
  const result = await run(t, {
    "a.test.ts": `describe("s", () => { it("good", () => {}); it("bad", () => { throw new Error("the reason") }) })`,
  })
  assert.deepEqual(result.counts, { passed: 1, failed: 1, skipped: 0 })
  assert.match(result.failures.join(), /a\.test\.ts[\s\S]*the reason/)
})

test("a failing hook is counted", async (t) => {
  const result = await run(t, {
    "a.test.ts": `describe("s", () => { before(() => { throw new Error("x") }); it("1", () => {}) })`,
  })
  assert.ok(result.counts.failed >= 1)
})

for (const [what, body, reason] of [
  ["has no test", "export {}", /has no tests/],
  ["does not load", 'throw new Error("boom")', /exit code 1[\s\S]*boom/],
  ["does not parse", "const = 1", /exit code 1/],
  [
    "ends itself after some tests",
    'test("x", () => {}); test("y", async () => { await new Promise((r) => setTimeout(r, 300)); process.exit(0) })',
    /ended before its tests did/,
  ],
  ["ends itself", 'test("x", () => {}); test("y", () => process.exit(0))', /ended before/],
  [
    "passes its tests and then exits with an error",
    'test("x", () => {}); process.on("exit", () => { process.exitCode = 3 })',
    /exit code 3/,
  ],
] as const) {
  test(`a file that ${what} has failed`, async (t) => {
    const result = await run(t, { "a.test.ts": body })
    assert.ok(result.counts.failed >= 1, JSON.stringify(result.counts))
    assert.match(result.failures.join(), reason)
  })
}

test("a file that hangs is ended, and hides no other", async (t) => {
  const files = { "a.test.ts": 'test("x", () => {}); setInterval(() => {}, 1000)', "b.test.ts": 'test("y", () => {})' }
  const result = await run(t, files, { fileLimitMs: 1_500 })
  assert.deepEqual(result.counts, { passed: 2, failed: 1, skipped: 0 })
  assert.match(result.failures.join(), /a\.test\.ts took longer than/)
})

test("files for which the step has no time left have failed", async (t) => {
  const result = await run(t, { "a.test.ts": 'test("x", () => {})' }, { stepLimitMs: 0 })
  assert.deepEqual(result.counts, { passed: 0, failed: 1, skipped: 0 })
})

test("a process left behind is a failure, and is ended", async (t) => {
  const root = tempTree(t)
  const child = `require("node:child_process").spawn("sleep", ["60"], { stdio: "ignore" }).unref()`
  const { failure } = await runCommand([process.execPath, "-e", `${child}; console.log("done")`], {
    cwd: root,
    limitMs: 20_000,
  })
  assert.match(failure ?? "", /left processes/)
})

test("a command that ignores SIGTERM is ended all the same, with all it started", async (t) => {
  const root = tempTree(t)
  const script = `trap "" TERM; (trap "" TERM; sleep 60) & echo $! > pid; sleep 60; sleep 60`
  const { failure } = await runCommand(["sh", "-c", script], { cwd: root, limitMs: 500, termGraceMs: 300 })
  assert.match(failure ?? "", /took longer/)
  assert.throws(() => process.kill(Number(fs.readFileSync(path.join(root, "pid"), "utf8")), 0))
})

test("a program that is not there is a failure", async (t) => {
  const { failure } = await runCommand(["/no/such/program"], { cwd: tempTree(t), limitMs: 5_000 })
  assert.match(failure ?? "", /could not start/)
})

test("a record that was cut off counts up to there", () => {
  const line = JSON.stringify({ name: "x", outcome: "passed", durationMs: 1 })
  assert.deepEqual(countRecord(`${line}\n${line}\n${line.slice(0, 10)}`), {
    passed: 2,
    failed: 0,
    skipped: 0,
    isComplete: false,
  })
  assert.deepEqual(countRecord(`${line}\n${END_OF_RECORD}`), { passed: 1, failed: 0, skipped: 0, isComplete: true })
})

test("of a failed run of Hardhat, tests that passed are not shown", () => {
  const output =
    "  a thing\n    ✔ works (4ms)\n    1) fails\n\n  1 failing\n\n  1) a thing\n       fails:\n     ✗ why\n"
  assert.equal(withoutPassed(output), output.replace("    ✔ works (4ms)\n", ""))
})

test("Hardhat's summary is read from its end, pending tests apart", () => {
  const output = `
Running Mocha tests
  2 passing (4ms)
  1 pending
  1 failing

12 passing (4 solidity, 8 mocha)
2 failing (1 solidity, 1 mocha)
`
  assert.deepEqual(countHardhat(output), { passed: 11, failed: 2, skipped: 1 })
  assert.deepEqual(countHardhat("\n5 passing (5 solidity)\n"), { passed: 5, failed: 0, skipped: 0 })
  assert.deepEqual(countHardhat("Error HH1: nothing"), { passed: 0, failed: 0, skipped: 0 })
})
