import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { compileFirst, leftovers, processesOf, runScript, type ScriptRun } from "./support.ts"

const FIELDS = [
  ...["ok", "richest", "expectedRichest", "tasks", "workers", "batches", "handover", "receiptProofVerified"],
  ...["callbackSeen", "seconds"],
]

describe("npm start", () => {
  const runs: ScriptRun[] = []
  before(compileFirst)
  after(() => {
    for (const { child } of runs) child.kill("SIGKILL")
  })
  const start = (...args: string[]) => {
    const run = runScript("start.ts", args)
    runs.push(run)
    return run
  }

  it("does the main job and reports it as one JSON object", { timeout: 300_000 }, async () => {
    const run = start("--json")
    const seen: ReturnType<typeof processesOf>[number][] = []
    run.child.stderr?.on("data", () => seen.push(...processesOf(run)))
    const { code } = await run.exited
    assert.equal(code, 0, run.stderr())
    const report = JSON.parse(run.stdout())
    assert.deepEqual(Object.keys(report).sort(), [...FIELDS].sort())
    const { ok, richest, expectedRichest, tasks, workers, batches, handover } = report
    assert.equal(ok, true)
    assert.equal(richest.toLowerCase(), expectedRichest.toLowerCase())
    assert.equal(report.receiptProofVerified, true)
    assert.equal(report.callbackSeen, true)
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
    assert.equal(sum(batches.map(({ receipts }: { receipts: number }) => receipts)), tasks)
    assert.equal(sum(workers.map(({ tasksExecuted }: { tasksExecuted: number }) => tasksExecuted)), tasks)
    const triggers = batches.map(({ trigger }: { trigger: string }) => trigger)
    assert.deepEqual([...new Set(triggers)].sort(), ["callback", "epoch"])
    assert.ok(batches.every(({ gas }: { gas: number }) => gas > 21_000))
    assert.equal(new Set(workers.map(({ stake }: { stake: number }) => stake)).size, 3, "three different stakes")
    assert.equal(handover.ok, true)
    assert.notEqual(handover.from, handover.to)
    const operators = workers.map(({ operator }: { operator: string }) => operator)
    assert.ok(operators.includes(handover.from) && operators.includes(handover.to))
    assert.deepEqual(await leftovers(run, seen, 15_000), [])
  })

  it("leaves nothing when interrupted in the middle", { timeout: 120_000 }, async () => {
    const run = start()
    await run.firstLine
    while (!run.stdout().includes("worker 3")) await new Promise((resolve) => run.child.stdout?.once("data", resolve))
    const seen = processesOf(run)
    run.child.kill("SIGINT")
    assert.deepEqual(await run.exited, { code: 130, signal: null }, run.stderr())
    assert.deepEqual(await leftovers(run, seen, 15_000), [])
  })
})
