import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample } from "../../support/example.ts"

type FlipCoin = { flip(heads: boolean): boolean; score(): readonly bigint[] }

const FLIPS = 400

describe("flip coin", async () => {
  const compiled = await compileExample("flip-coin")

  it("fits its size", () => checkCodeSize("flip-coin", compiled))

  it("lands on either side about equally often", async () => {
    const c = await simulate<FlipCoin>(compiled)
    let heads = 0
    for (let i = 0; i < FLIPS; i++) if (await c.flip(true)) heads++
    // Five standard deviations of 400 fair flips are 50; the seed is fixed, so this never changes by chance.
    assert.ok(Math.abs(heads - FLIPS / 2) < 50, `${heads} heads`)
    assert.deepEqual(await c.query.score(), [BigInt(FLIPS), BigInt(heads)])
  })

  it("tells the player, and counts for the player alone", async () => {
    const c = await simulate<FlipCoin>(compiled)
    const [alice, bob] = [c.connect(account("alice")), c.connect(account("bob"))]
    const { result, events } = await alice.run("flip", true)
    assert.deepEqual(
      events.map(({ name, args }) => ({ name, args })),
      [{ name: "Flipped", args: { heads: result, won: result } }],
    )
    assert.deepEqual(await alice.query.score(), [1n, result ? 1n : 0n])
    assert.deepEqual(await bob.query.score(), [0n, 0n])
  })

  it("shows nobody else whether something was won", async () => {
    const c = await simulate<FlipCoin>(compiled)
    const traces = new Map<boolean, unknown>()
    await c.flip(true) // the first flip makes the player's entries
    for (let i = 0; i < 20; i++) traces.set(...(await flipTrace(i % 2 === 0)))
    assert.deepEqual(traces.get(true), traces.get(false))

    async function flipTrace(heads: boolean): Promise<[boolean, unknown]> {
      const run = await c.run("flip", heads)
      return [run.result, run.public]
    }
  })
})
