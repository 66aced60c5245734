import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { toHex } from "@enigma-discovery/protocol"
import { type Lab, personAddress, startLab } from "./support/lab.ts"

const EXIT_DEADLINE_MS = 60_000
/** Ten times as many as a jump of the network's time takes. */
const IDLE_ROUNDS = 50

describe("network in one process", () => {
  let lab: Lab
  before(async () => {
    lab = await startLab()
  })
  after(() => lab.network.stop())

  it("answers a call with the decrypted, verified result", async () => {
    await (await lab.add(1, 5n)).result()
    await (await lab.add(2, 7n)).result()
    const richest = await (await lab.at().call({ fn: "computeRichest", args: [] })).result()
    assert.equal(String(richest).toLowerCase(), personAddress(2))
  })

  it("shows the state in clear, as only this form can", async () => {
    const state = await lab.network.debugState(lab.contract)
    const worths = [...state]
      .filter(([key]) => key.startsWith(toHex(Buffer.from("worth"))))
      .map(([, value]) => BigInt(value))
    assert.deepEqual(worths, [5n, 7n])
  })

  it("commits what was executed when the epoch advances, and proves it", async () => {
    const { network, contract } = lab
    const task = await lab.add(3, 1n)
    await task.result()
    const { submitted } = await network.enigma.queue(contract)
    const before = await network.enigma.epoch()
    const next = await network.advanceEpoch()
    assert.equal(next.number, before.number + 1)
    assert.equal((await network.enigma.queue(contract)).committed, submitted)
    const receipt = await task.receipt()
    assert.equal(receipt.status, "Success")
  })

  it("mines blocks whose parents are the blocks before them", async () => {
    const { network } = lab
    await network.mine(5)
    const block = (tag: string) =>
      network.provider.request({ method: "eth_getBlockByNumber", params: [tag, false] }) as Promise<{
        number: string
        hash: string
        parentHash: string
      }>
    const head = await block("latest")
    const parent = await block(`0x${(Number(head.number) - 1).toString(16)}`)
    assert.equal(head.parentHash, parent.hash)
  })

  it("lets no time pass while nobody waits", async () => {
    const { clock } = lab.network
    await lab.network.settle()
    const then = clock.now()
    // Time moves between turns of the event loop and the timers due in them, so it would have by then.
    for (let round = 0; round < IDLE_ROUNDS; round++) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(clock.now(), then)
  })
})

describe("what follows from the seed", () => {
  it("gives the same network again, and another one from another seed", async () => {
    const seen: string[] = []
    for (const seed of ["one", "one", "two"]) {
      const lab = await startLab({ seed })
      const { workers, addresses, trust } = lab.network
      seen.push(JSON.stringify([workers[0]!.operator.address, addresses, trust.devRoot, lab.contract]))
      await lab.network.stop()
    }
    assert.equal(seen[0], seen[1])
    assert.notEqual(seen[0], seen[2])
  })
})

describe("end of the process", () => {
  it("comes by itself, though nobody stopped the network", async () => {
    const program = fileURLToPath(new URL("./support/abandoned.ts", import.meta.url))
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: EXIT_DEADLINE_MS,
    })
    let said = ""
    child.stdout.on("data", (data) => {
      said += data
    })
    const [code, signal] = await once(child, "exit")
    assert.deepEqual([said.trim(), code, signal], ["done", 0, null])
  })
})
