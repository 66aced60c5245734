import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { after, before, beforeEach, describe, it } from "node:test"
import { environment, makeClone, processesIn, start, startProbe, until } from "./clone.ts"

const runtimeBin = () => path.dirname(process.execPath)

describe("an installation that went wrong", () => {
  let clone: ReturnType<typeof makeClone>
  const remove = (file: string) => fs.rmSync(path.join(clone.dir, file), { recursive: true, force: true })
  const works = async (extra: NodeJS.ProcessEnv = {}) => {
    const run = startProbe(clone, ["print"], extra)
    assert.equal((await run.ended).code, 0, run.stderr())
    return { stderr: run.stderr(), ...JSON.parse(run.stdout()) }
  }
  const lockFile = () => path.join(clone.dir, "scripts/runtime/.bootstrap-lock")
  /** The lock's processes, once there are so many: the bootstrap, then also its npm. */
  const lockedBy = async (count: number): Promise<readonly number[]> => {
    const pids = () => JSON.parse(fs.readFileSync(lockFile(), "utf8")).pids as number[]
    await until(() => pids().length === count)
    return pids()
  }
  before(() => {
    clone = makeClone("clone")
  })
  beforeEach(() => remove("node_modules"))
  after(() => clone.remove())

  it("is done again after everything was killed in the middle of it", async () => {
    const run = startProbe(clone, ["print"])
    await run.shows("installing dependencies")
    const pids = await lockedBy(2)
    await until(() => fs.existsSync(path.join(clone.dir, "node_modules")))
    for (const pid of pids) process.kill(pid, "SIGKILL")
    await run.ended
    const { stderr } = await works()
    assert.match(stderr, /installing dependencies/)
    assert.ok(!fs.existsSync(lockFile()))
  })

  it("is waited for when only the bootstrap was killed and npm goes on", async () => {
    const run = startProbe(clone, ["print"])
    await run.shows("installing dependencies")
    const [bootstrap = 0] = await lockedBy(2)
    process.kill(bootstrap, "SIGKILL")
    const { stderr } = await works()
    assert.match(stderr, /another start is installing/)
    assert.match(stderr, /installing dependencies/)
  })

  it("is stopped by one Ctrl-C, leaving no lock and no npm", async () => {
    const run = startProbe(clone, ["print"])
    await run.shows("installing dependencies")
    process.kill(-run.pid, "SIGINT")
    assert.equal((await run.ended).code, 130)
    assert.ok(!fs.existsSync(lockFile()))
    assert.deepEqual(processesIn(clone), [])
  })

  it("is repaired after an `npm ci` by hand under the old Node, which leaves out Hardhat's engine", async () => {
    const byHand = start(clone, ["npm", "ci", "--ignore-scripts"])
    assert.equal((await byHand.ended).code, 0, byHand.stderr())
    const { stderr } = await works()
    assert.match(stderr, /installing dependencies/)
  })

  it("includes development packages when NODE_ENV says production, and needs no install scripts", async () => {
    const answer = await works({ NODE_ENV: "production", npm_config_ignore_scripts: "true" })
    assert.equal(answer.production, "production")
  })

  it("needs no Node of ours where the machine's is new enough", async () => {
    remove("scripts/runtime/node_modules")
    const answer = await works(environment(runtimeBin()))
    assert.equal(answer.node, process.version)
    assert.ok(!fs.existsSync(path.join(clone.dir, "scripts/runtime/node_modules")))
    assert.ok(!fs.existsSync(path.join(clone.dir, "node_modules/.bin/node")))
  })
})
