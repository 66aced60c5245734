import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { encode, TaskResultCodec } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { addressOf } from "./support/names.ts"
import { lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { restart } from "./support/restart.ts"

describe("the same task on the same state", () => {
  it("gives the same bytes after a crash in the same epoch, delta, output and receipt", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.count() },
      { calldata: lab.random() },
      { by: "bob", calldata: lab.write("key", "value") },
      { calldata: lab.revert("no") },
      { calldata: lab.event("it happened") },
      { calldata: lab.callback(addressOf("callee"), Uint8Array.of(9)), fields: { callbackGas: 10n } },
    )
    const first = await network.execute(1, tasks)
    await restart(network, 1)
    const second = await network.execute(1, tasks)
    const unsigned = (results: typeof first) =>
      results.map((result) => encode(TaskResultCodec, { ...result, signature: new Uint8Array(65) }))
    assert.equal(second.length, 6)
    assert.deepEqual(unsigned(second), unsigned(first))
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    assert.equal(prepared.hasCallback, true)
    await network.stop()
  })

  it("draws other random bytes for another task, and never the same twice in one", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record({ calldata: lab.random() }, { calldata: lab.random() })
    const results = await network.execute(1, tasks)
    const [a, b] = results.map((result, i) => tasks[i]!.open(result.output!, result.receipt.taskId).data)
    assert.notDeepEqual(a, b)
    assert.notDeepEqual(a!.slice(0, 8), a!.slice(32, 40))
    await network.stop()
  })

  it("leaves the state an in-memory model has, through failures, handovers and commits (property)", async () => {
    const keys = ["a", "ab", "b", "c"]
    const step = fc.oneof(
      fc.record({ do: fc.constant("write"), key: fc.constantFrom(...keys), value: fc.string({ maxLength: 8 }) }),
      fc.record({ do: fc.constant("remove"), key: fc.constantFrom(...keys), value: fc.constant("") }),
      fc.record({
        do: fc.constantFrom("count", "revert", "trap", "commit", "handover", "epoch"),
        key: fc.constant("a"),
        value: fc.constant(""),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const network = await (await TestNetwork.ready()).deployed()
        let drawn = 1
        let pending: RecordedTask[] = []
        const model = new Map<string, string>()
        const run = async (calldata: Uint8Array) => {
          const [task] = network.record({ calldata })
          pending.push(task!)
          const [result] = await network.execute(drawn, [task!])
          return task!.open(result!.output!, result!.receipt.taskId)
        }
        const commit = async () => {
          if (pending.length > 0) await network.commit(drawn)
          pending = []
        }
        for (const { do: what, key, value } of steps) {
          if (what === "write") {
            await run(lab.write(key, value))
            model.set(key, value)
          } else if (what === "remove") {
            await run(lab.remove(key))
            model.delete(key)
          } else if (what === "count") await run(lab.count())
          else if (what === "revert") await run(lab.revert("x"))
          else if (what === "trap") await run(lab.trap())
          else if (what === "commit") await commit()
          else {
            // What is not committed is executed again by whoever is drawn next.
            drawn = what === "handover" ? 3 - drawn : drawn
            network.openEpoch(drawn)
            await network.equip(drawn)
            await network.worker(drawn).replay(network.contract, network.deltas)
            if (pending.length > 0) await network.execute(drawn, pending)
          }
        }
        for (const key of keys) {
          const { data } = await run(lab.read(key))
          assert.equal(new TextDecoder().decode(data), model.get(key) ?? "")
        }
        const first = await run(lab.first("a"))
        const wanted = [...model.keys()].filter((key) => key.startsWith("a")).sort()[0] ?? ""
        assert.equal(new TextDecoder().decode(first.data), wanted)
        await network.stop()
      }),
      { numRuns: 12 },
    )
  })
})
