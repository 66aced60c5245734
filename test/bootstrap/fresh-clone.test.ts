import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import { makeClone, processesIn, startProbe } from "./clone.ts"

describe("a fresh clone under an old Node, in a path with a space", () => {
  let clone: ReturnType<typeof makeClone>
  before(() => {
    clone = makeClone("a clone")
  })
  after(() => clone.remove())

  it("installs once when started twice at once, and keeps stdout for the script", async () => {
    const runs = ["one", "two"].map((name) =>
      startProbe(clone, ["print", name, "b c"], { NODE_OPTIONS: "--no-warnings" }),
    )
    const ends = await Promise.all(runs.map((run) => run.ended))
    for (const [index, run] of runs.entries()) {
      assert.equal(ends[index]?.code, 0, run.stderr())
      assert.equal(run.stdout().split("\n").length, 2, "one line and nothing else")
      const answer = JSON.parse(run.stdout())
      assert.match(answer.node, /^v24\./)
      assert.deepEqual(answer.args, [["one", "two"][index], "b c"])
      assert.equal(answer.options, "--no-warnings --conditions=@enigma/source")
      assert.equal(answer.code, "1 + 1;\n")
      assert.equal(answer.level, "function")
      assert.match(answer.protocol, /packages\/protocol\/src\/index\.ts$/)
    }
    const said = runs.map((run) => run.stderr()).join("")
    assert.equal(said.match(/\[setup\] installing Node/g)?.length, 1)
    assert.equal(said.match(/\[setup\] installing dependencies/g)?.length, 1)
    assert.equal(said.match(/another start is installing/g)?.length, 1)
  })

  it("installs nothing the second time, and passes the exit code on", async () => {
    const run = startProbe(clone, ["exit", "23"])
    assert.equal((await run.ended).code, 23)
    assert.doesNotMatch(run.stderr(), /\[setup\]/)
  })

  it("puts the Node it installed before the machine's, for npx and every workspace", () => {
    const link = path.join(clone.dir, "node_modules/.bin/node")
    assert.ok(fs.realpathSync(link).startsWith(path.join(clone.dir, "scripts/runtime/node_modules/")))
  })

  it("hands each signal on once and waits for the script to end", async () => {
    const run = startProbe(clone, ["wait"])
    await run.shows("{")
    process.kill(run.pid, "SIGINT")
    await run.shows("SIGINT")
    process.kill(-run.pid, "SIGTERM") // a whole group, as a terminal or `timeout` does it
    assert.equal((await run.ended).code, 7)
    assert.deepEqual(run.stdout().trim().split("\n").slice(1), ["SIGINT", "SIGTERM"])
    assert.deepEqual(processesIn(clone), [])
  })

  it("lets the script clean up when npm and everything around the script is killed", async () => {
    const run = startProbe(clone, ["wait"])
    await run.shows("{")
    process.kill(-run.pid, "SIGKILL")
    await run.ended // stdout closes when the script, which outlived its starters, has ended too
    assert.equal(run.stdout().trim().split("\n").at(-1), "SIGTERM")
    assert.deepEqual(processesIn(clone), [])
  })
})
