import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { equalBytes, startsCheckpoint } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { addressOf } from "./support/names.ts"
import { lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { restart } from "./support/restart.ts"

const KEYS = ["a", "ab", "b", "c", "large"]
/** Enough rewriting of one large value to make a checkpoint due. */
const REWRITES = 20
const GAS = { gasLimit: 50_000_000n }

type Model = ReadonlyMap<string, string>
const set = (model: Model, key: string, value: string): Model => new Map([...model, [key, value]])
const without = (model: Model, key: string): Model => new Map([...model].filter(([known]) => known !== key))
const counted = (model: Model): Model => set(model, "counter", String(Number(model.get("counter") ?? "0") + 1))
const same = (model: Model): Model => model

/** An executed and uncommitted task with the model before it. */
interface Pending {
  readonly task: RecordedTask
  readonly before: Model
}

/** A contract that is driven through everything that can happen to it, beside a map that says what it should hold. */
class Trial {
  readonly network: TestNetwork
  drawn = 1
  model: Model = new Map()
  pending: Pending[] = []

  constructor(network: TestNetwork) {
    this.network = network
  }

  async run(calldata: Uint8Array, effect: (model: Model) => Model, fields = {}) {
    const [task] = this.network.record({ calldata, fields })
    const [result] = await this.network.execute(this.drawn, [task!])
    this.pending.push({ task: task!, before: this.model })
    this.model = effect(this.model)
    return result?.output && task!.open(result.output, result.receipt.taskId)
  }

  async commit(callbacksOk = true): Promise<void> {
    if (this.pending.length > 0) await this.network.commit(this.drawn, { callbacksOk })
    this.pending = []
  }

  /** Calls Ethereum, which decides whether it happened. */
  async callback(isOk: boolean): Promise<void> {
    const before = this.model
    await this.run(lab.callback(addressOf("callee"), new Uint8Array(1)), counted, { callbackGas: 10n })
    await this.commit(isOk)
    if (!isOk) this.model = before
  }

  /** The draw moves, or the epoch does: what is not committed is executed again. */
  async enter(drawn: number): Promise<void> {
    this.drawn = drawn
    this.network.openEpoch(drawn)
    await this.network.equip(drawn)
    await this.#resume()
  }

  /** Another process in the same epoch comes to the same head. */
  async crash(): Promise<void> {
    const before = await this.#head()
    await restart(this.network, this.drawn)
    await this.#execute()
    assert.ok(equalBytes(await this.#head(), before), "the head after a crash is another")
  }

  /** The block of the newest record is replaced by one with another record. */
  async reorg(): Promise<void> {
    await this.run(lab.write("a", "never happened"), (model) => set(model, "a", "never happened"))
    const { network } = this
    network.enigma.chain.reorg(1)
    const queue = network.enigma.queue(network.contract)
    queue.records.pop()
    queue.links.pop()
    this.model = this.pending.pop()!.before
    const [task] = network.recordSealed([network.user("bob").seal(lab.write("b", "instead"), ...this.#key())])
    network.enigma.chain.mine()
    this.pending.push({ task: task!, before: this.model })
    this.model = set(this.model, "b", "instead")
    await this.#execute()
  }

  async read(key: string): Promise<Uint8Array> {
    return (await this.run(lab.read(key), same))!.data
  }

  async #resume(): Promise<void> {
    await this.network.worker(this.drawn).replay(this.network.contract, this.network.deltas)
    await this.#execute()
  }

  /** Whatever of the pending tasks the enclave has not executed (any more). */
  async #execute(): Promise<void> {
    await this.network.advance(this.drawn)
    const { executed } = await this.network.worker(this.drawn).queue(this.network.contract)
    const tasks = this.pending.slice(executed).map(({ task }) => task)
    if (tasks.length > 0) assert.equal((await this.network.execute(this.drawn, tasks)).length, tasks.length)
  }

  #key = () => [this.network.ioKey.epoch, this.network.ioKey.ioPublicKey] as const
  #head = async () => (await this.network.worker(this.drawn).queue(this.network.contract)).head
}

const text = fc.string({ maxLength: 8 })
const key = fc.constantFrom(...KEYS.slice(0, 4))
const step: fc.Arbitrary<(trial: Trial) => Promise<unknown>> = fc.oneof(
  fc.tuple(key, text).map(
    ([k, v]) =>
      (t: Trial) =>
        t.run(lab.write(k, v), (model) => set(model, k, v)),
  ),
  key.map((k) => (t: Trial) => t.run(lab.remove(k), (model) => without(model, k))),
  fc.constantFrom<(trial: Trial) => Promise<unknown>>(
    (t) => t.run(lab.count(), counted),
    (t) => t.run(lab.revert("x"), same),
    (t) => t.run(lab.trap(), same),
    (t) => t.commit(),
    (t) => t.callback(true),
    (t) => t.callback(false),
    (t) => t.enter(3 - t.drawn),
    (t) => t.enter(t.drawn),
    (t) => t.crash(),
    (t) => t.reorg(),
    async (t) => {
      for (let i = 0; i < REWRITES; i++) {
        const value = String.fromCharCode(97 + i).repeat(60_000)
        await t.run(lab.write("large", value), (model) => set(model, "large", value), GAS)
      }
    },
  ),
)

async function check(steps: readonly ((trial: Trial) => Promise<unknown>)[]): Promise<TestNetwork> {
  const trial = new Trial(await (await TestNetwork.ready({ config: { expiryBlocks: 1_000 } })).deployed())
  for (const take of steps) await take(trial)
  await trial.commit()
  // A successor that has nothing but what was committed.
  await trial.enter(3 - trial.drawn)
  assert.equal((await trial.network.worker(trial.drawn).queue(trial.network.contract)).inSync, true)
  for (const name of KEYS) assert.equal(new TextDecoder().decode(await trial.read(name)), trial.model.get(name) ?? "")
  const count = await trial.read("counter")
  assert.equal(count[0] ?? 0, Number(trial.model.get("counter") ?? "0"))
  const first = (await trial.run(lab.first("a"), same))!
  const wanted = [...trial.model.keys()].filter((name) => name.startsWith("a")).sort()[0] ?? ""
  assert.equal(new TextDecoder().decode(first.data), wanted)
  await trial.network.stop()
  return trial.network
}

describe("a contract's state", () => {
  it("is what an in-memory model holds, through failures, callbacks, crashes, failovers and re-orgs (property)", async () => {
    const runs = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 10 }),
      async (steps) => void (await check(steps)),
    )
    // Once failed: the record that a re-org took away was the only one executed.
    const found = [(t: Trial) => t.reorg(), (t: Trial) => t.run(lab.remove("a"), (model) => without(model, "a"))]
    await fc.assert(runs, { numRuns: 8, examples: [[found]] })
  })

  it("is that also where checkpoints lie between all of these", async () => {
    const rewrite = async (t: Trial) => {
      for (let i = 0; i < REWRITES; i++)
        await t.run(
          lab.write("large", `${i}`.repeat(30_000)),
          (model) => set(model, "large", `${i}`.repeat(30_000)),
          GAS,
        )
    }
    const { deltas } = await check([
      (t) => t.run(lab.write("a", "1"), (model) => set(model, "a", "1")),
      rewrite,
      (t) => t.crash(),
      (t) => t.enter(2),
      (t) => t.callback(false),
      rewrite,
      (t) => t.reorg(),
      (t) => t.enter(2),
      rewrite,
    ])
    assert.ok(deltas.filter(startsCheckpoint).length >= 1)
  })
})
