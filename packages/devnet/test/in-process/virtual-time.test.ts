import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { VirtualTime } from "../../src/in-process/virtual-time.ts"

const START_MS = 1_000_000

function lab() {
  let progress = 0
  const time = new VirtualTime({ startMs: START_MS, activity: () => progress, progress: () => progress })
  return { time, step: () => progress++ }
}
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe("virtual time", () => {
  it("passes at once for who waits, and takes the network along in order", async () => {
    const { time } = lab()
    const seen: string[] = []
    const node = async (name: string, ms: number) => {
      await time.background.sleep(ms)
      seen.push(`${name} ${time.now() - START_MS}`)
    }
    const nodes = [node("late", 60_000), node("soon", 1_000)]
    await time.foreground.sleep(3_600_000)
    await Promise.all(nodes)
    assert.deepEqual(seen, ["soon 1000", "late 60000"])
    assert.equal(time.now(), START_MS + 3_600_000)
  })

  it("stands still while nobody waits", async () => {
    const { time } = lab()
    let woke = false
    void time.background.sleep(20).then(() => {
      woke = true
    })
    await turns(20)
    assert.deepEqual([woke, time.now()], [false, START_MS])
  })

  it("does not jump while something is in flight", async () => {
    const { time } = lab()
    const request = Promise.withResolvers<void>()
    const answered = time.busy(() => request.promise)
    const slept = time.foreground.sleep(20)
    await turns(20)
    assert.equal(time.now(), START_MS)
    request.resolve()
    await Promise.all([answered, slept])
    assert.equal(time.now(), START_MS + 20)
  })

  it("does not jump before work that a timer due at once hands on", async () => {
    const { time } = lab()
    const startedAt: number[] = []
    const handOn = async () => {
      for (let i = 0; i < 5; i++) {
        await new Promise<void>((resolve) => setTimeout(resolve, 0))
        await time.busy(async () => void startedAt.push(time.now() - START_MS))
      }
    }
    await Promise.all([handOn(), time.foreground.sleep(20)])
    assert.deepEqual(startedAt, [0, 0, 0, 0, 0])
  })

  it("ends a sleep with its signal's reason, and forgets it", async () => {
    const { time } = lab()
    const controller = new AbortController()
    const slept = time.background.sleep(1_000, controller.signal)
    controller.abort(new Error("stopping"))
    await assert.rejects(slept, /stopping/)
    await assert.rejects(time.background.sleep(1, controller.signal), /stopping/)
    await time.foreground.sleep(10)
    assert.equal(time.now(), START_MS + 10)
  })

  it("settles only when jumps change nothing any more", async () => {
    const { time, step } = lab()
    let left = 5
    const work = async () => {
      for (; left > 0; left--) {
        await time.background.sleep(20)
        step()
      }
      for (;;) await time.background.sleep(20)
    }
    void work()
    await time.settle()
    assert.equal(left, 0)
  })

  it("asks for help when somebody waits and nothing gets anywhere", async () => {
    const { time } = lab()
    const mined = Promise.withResolvers<void>()
    time.whenStuck = async () => mined.resolve()
    const poller = async () => {
      for (;;) await time.background.sleep(20)
    }
    void poller()
    await time.during(mined.promise)
  })

  it("is never behind the chain", () => {
    const { time } = lab()
    time.seen(START_MS + 5_000)
    time.seen(START_MS - 5_000)
    assert.equal(time.now(), START_MS + 5_000)
  })
})
