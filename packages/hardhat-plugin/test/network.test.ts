import assert from "node:assert/strict"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import { clientErrors } from "@enigma-discovery/client"
import { expect } from "chai"
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre"
import { requireArtifact } from "../src/build/artifacts.ts"
import { readBundle } from "../src/debug/bundle.ts"
import { replay } from "../src/debug/replay.ts"
import { pluginErrors } from "../src/errors.ts"
import { describeDifference } from "../src/leaks/facts.ts"
import type { NamelessEnigma } from "../src/tasks/session.ts"
import { chainOfTrust, type TrustQuestion } from "../src/trust/chain-of-trust.ts"
import type { Enigma, SecretContract } from "../src/types.ts"
import { COUNTER, DIVIDER, newProject, type Project } from "./support/project.ts"

type AnyEnigma = NamelessEnigma & Omit<Enigma, keyof NamelessEnigma>

/** A whole network each, on a machine that may have other things to do. */
const SLOW = { timeout: 120_000 }

describe("connection.enigma on the in-process network", { timeout: 300_000 }, () => {
  let hre: HardhatRuntimeEnvironment
  let project: Project
  const leftovers: unknown[] = []
  after(() => Promise.all(leftovers.map((remove) => (remove as () => unknown)())))

  before(async () => {
    project = await newProject({ after: (fn) => void leftovers.push(fn) })
    await project.write("secret-contracts/counter.ts", COUNTER)
    await project.write("secret-contracts/divider.ts", DIVIDER)
    const dead = { type: "http", url: "http://127.0.0.1:9" } as const
    hre = await project.hardhat({ networks: { dead, bare: { type: "edr-simulated" } } })
    await hre.tasks.getTask("build").run({ quiet: true })
  })

  async function connect() {
    const { enigma, provider, ethers, close } = await hre.network.create()
    const ask = (method: string, ...params: unknown[]) => provider.request({ method, params }) as Promise<unknown>
    return { enigma: enigma as unknown as AnyEnigma, ask, ethers, close }
  }
  const deployed = async (enigma: AnyEnigma) => await enigma.deploy("Counter", [], {})
  const add = (counter: SecretContract, by: bigint) => counter.getFunction("add")(by)
  const total = (counter: SecretContract) => counter.query.current!()

  it("starts nothing before its first use", SLOW, async () => {
    const { enigma, ask, close } = await connect()
    assert.equal(enigma.isMock, true)
    assert.throws(
      () => enigma.devnet,
      (error) => pluginErrors.is(error, "NOT_STARTED"),
    )
    assert.throws(
      () => enigma.faults,
      (error) => pluginErrors.is(error, "NOT_STARTED"),
    )
    assert.equal(await ask("eth_blockNumber"), "0x0")
    await close()
  })

  it("names the line where a call, a query and a constructor trapped", SLOW, async () => {
    const { enigma, close } = await connect()
    const line = DIVIDER.split("\n").findIndex((text) => text.includes("total / among")) + 1
    const explained = new RegExp(`division-by-zero in Divider\\.\\S+ \\(divider\\.ts:${line}:\\d+\\)`)
    const trapped = (code: "TASK_TRAPPED" | "QUERY_TRAPPED") => (error: unknown) => {
      assert.ok(clientErrors.is(error, code), String(error))
      assert.match(error.message, explained)
      assert.match(String((error.cause as Error).message), /division-by-zero: function \d+, byte \d+/)
      return true
    }
    const divider = await enigma.deploy("Divider", [5n], {})
    assert.equal(await divider.getFunction("divide")(2n), 10n)
    await assert.rejects(divider.getFunction("divide")(0n), trapped("TASK_TRAPPED"))
    const { error } = await divider.getFunction("divide")(0n).outcome()
    assert.ok(trapped("TASK_TRAPPED")(error))
    await assert.rejects(divider.query.shareOf!(0n), trapped("QUERY_TRAPPED"))
    await assert.rejects(enigma.deploy("Divider", [0n], {}), trapped("TASK_TRAPPED"))
    await close()
  })

  it("goes back and forth with the chain's snapshots, state and all", SLOW, async () => {
    const { enigma, ask, close } = await connect()
    const early = await ask("evm_snapshot")
    const counter = await deployed(enigma)
    await add(counter, 1n)
    for (const by of [10n, 20n]) {
      const snapshot = await ask("evm_snapshot")
      assert.equal(await add(counter, by), 1n + by)
      assert.equal(await ask("evm_revert", snapshot), true)
      assert.equal(await total(counter), 1n, "the state is as it was")
      assert.equal(await ask("evm_revert", snapshot), false, "a snapshot is used up")
    }
    assert.equal(await add(counter, 2n), 3n)
    assert.deepEqual(await enigma.debug.state(counter), { total: 3n })

    assert.equal(await ask("evm_revert", early), true)
    assert.throws(
      () => enigma.devnet,
      (error) => pluginErrors.is(error, "NOT_STARTED"),
    )
    const again = await deployed(enigma)
    assert.equal(await add(again, 5n), 5n, "a chain from before Enigma gets it anew")
    await close()
    await assert.rejects(enigma.start(), (error) => pluginErrors.is(error, "CONNECTION_CLOSED"))
  })

  it("follows a chain that is mined ahead and whose time passes", SLOW, async () => {
    const { enigma, ask, ethers, close } = await connect()
    const counter = await deployed(enigma)
    const before = (await ethers.provider.getBlock("latest"))!
    await ask("hardhat_mine", "0x32", "0x3c")
    const after = (await ethers.provider.getBlock("latest"))!
    assert.ok(after.number >= before.number + 50, "fifty blocks, and perhaps what the network did meanwhile")
    assert.ok(after.timestamp >= before.timestamp + 49 * 60)
    assert.equal(await add(counter, 4n), 4n)
    await close()
  })

  it("keeps deployers, connections and deployments apart", SLOW, async () => {
    const [one, two] = await Promise.all([connect(), connect()])
    const place = await one.enigma.predictAddress("Counter" as never)
    const first = await deployed(one.enigma)
    assert.equal(first.address, place)
    const second = await deployed(one.enigma)
    assert.notEqual(second.address, first.address)
    await add(first, 1n)
    assert.equal(await total(second), 0n)
    assert.equal(await two.ethers.provider.getCode(first.address), "0x")
    const [, other] = await one.ethers.getSigners()
    assert.equal(await first.connect(other!).getFunction("add")(1n), 2n)
    const same = await one.enigma.getContractAt("Counter", first.address, other!)
    assert.equal(await total(same), 2n)
    const salted = { signer: other!, salt: `0x${"07".repeat(32)}` } as const
    assert.equal(
      (await one.enigma.deploy("Counter", [], salted)).address,
      await one.enigma.predictAddress("Counter" as never, salted),
    )
    await assert.rejects(one.enigma.deploy("Counter", [], salted), (error) =>
      clientErrors.is(error, "ALREADY_DEPLOYED"),
    )
    await Promise.all([one.close(), two.close()])
  })

  it("survives a worker's crash in the middle of a call", SLOW, async () => {
    const { enigma, close } = await connect()
    const counter = await deployed(enigma)
    const worker = enigma.faults.worker(1)
    const crashed = worker.crashAfter("execute")
    const call = add(counter, 6n)
    await Promise.all([crashed.then(() => worker.restart()), call])
    assert.equal(await call, 6n)
    const { epoch } = await enigma.advanceEpoch()
    assert.ok(epoch >= 2)
    assert.equal((await (await call.task()).receipt()).status, "Success")
    await close()
  })

  it("leaves the network as it was after measuring leaks", SLOW, async () => {
    const { enigma, ask, close } = await connect()
    const counter = await deployed(enigma)
    await add(counter, 1n)
    const snapshot = await ask("evm_snapshot")
    const block = await ask("eth_blockNumber")
    await expect((by: bigint) => add(counter, by)).toLeakNothing(enigma as never, 1n, 2n ** 200n)
    assert.equal(await ask("eth_blockNumber"), block)
    assert.equal(await total(counter), 1n)
    assert.equal(await ask("evm_revert", snapshot), true)
    const twice = async (times: number) => {
      for (let i = 0; i < times; i++) await add(counter, 1n)
    }
    await assert.rejects(
      async () => await expect(twice).toLeakNothing(enigma as never, 1, 2),
      new RegExp(describeDifference({ what: "calls of secret contracts", first: "1", second: "2" })),
    )
    await close()
  })

  it("keeps what a task depended on, and executes it again", SLOW, async (t) => {
    const { enigma, close } = await connect()
    const counter = await deployed(enigma)
    await add(counter, 2n ** 255n)
    const file = path.join(project.root, "replay.json")
    await enigma.debug.capture(counter, () => add(counter, 5n), file)
    const artifact = await requireArtifact(hre.config.enigma.artifacts, "Counter")
    const { trace, same } = replay(await readBundle(file), artifact)
    assert.equal(same, true)
    assert.match(trace[0]!, /^call +Counter\.add\(5\) by 0x/)
    assert.deepEqual(
      trace.slice(1, 3),
      [2n ** 255n, 2n ** 255n + 5n].map((value, i) => `${i === 0 ? "read    " : "write   "} total = ${value}`),
    )
    assert.match(trace.at(-1)!, /^return +0x8[0-9a-f]+, \d+ units of gas$/)

    await enigma.debug.capture(counter, () => add(counter, 2n ** 255n), file) // fails, and that is what is looked at
    const failed = replay(await readBundle(file), artifact)
    assert.deepEqual([failed.same, failed.outcome.kind], [true, "reverted"])
    assert.match(failed.trace.at(-1)!, /^revert +arithmetic overflow/)
    const other = { ...(await readBundle(file)), state: [] }
    assert.equal(replay(other, artifact).same, false, "another state has another end, and that is told")
    await assert.rejects(
      enigma.debug.capture(counter, async () => {}, file),
      (error) => pluginErrors.is(error, "BAD_CALL"),
    )
    t.diagnostic(trace.join("\n"))
    await close()
    for (const [name, text] of [
      ["broken.json", "{"],
      ["odd.json", JSON.stringify({ ...other, gasLimit: "-1" })],
    ] as const) {
      await project.write(name, text)
      await assert.rejects(readBundle(path.join(project.root, name)), (error) => pluginErrors.is(error, "BAD_BUNDLE"))
    }
  })

  it("shows the chain of trust, and each link that breaks", SLOW, async () => {
    const { enigma, close } = await connect()
    const counter = await deployed(enigma)
    const client = await enigma.client()
    const artifact = await requireArtifact(hre.config.enigma.artifacts, "Counter")
    const question = { client, artifact, address: counter.address, task: undefined }
    const linksOf = async (asked: Partial<TrustQuestion>) =>
      (await chainOfTrust({ ...question, ...asked })).map(({ what, holds }) => `${what} ${holds}`)
    const whole = ["Enigma true", "code hash true", "draw true", "measurement true", "quote true", "key true"]
    assert.deepEqual(await linksOf({}), [...whole, "receipt undefined"])
    await enigma.advanceEpoch()
    assert.deepEqual(await linksOf({ task: "0" }), [...whole, "receipt true"])
    assert.deepEqual(await linksOf({ task: "1" }), [...whole, "receipt undefined"])
    const other = { ...artifact, codeHash: `0x${"01".repeat(32)}` } as const
    assert.equal((await linksOf({ artifact: other }))[1], "code hash false")
    assert.equal((await linksOf({ address: `0x${"02".repeat(20)}` }))[1], "code hash false")
    assert.ok((await linksOf({ task: "-1" })).includes("receipt false"))
    await close()
  })

  it("says on a real network what it lacks", SLOW, async () => {
    const { enigma, close } = await hre.network.create("dead")
    assert.equal(enigma.isMock, false)
    await assert.rejects(enigma.start(), (error) => pluginErrors.is(error, "NO_ENIGMA"))
    for (const use of [
      () => enigma.mine(),
      () => enigma.advanceEpoch(),
      () => enigma.settle(),
      () => enigma.debug.rawState("0x"),
    ])
      await assert.rejects(use, (error) => pluginErrors.is(error, "MOCK_ONLY"))
    assert.throws(
      () => enigma.faults,
      (error) => pluginErrors.is(error, "MOCK_ONLY"),
    )
    await close()
  })
})
