import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, reverted, revertedWith } from "../../support/example.ts"

type Operation = (a: bigint, b: bigint) => bigint
type Calculator = { add: Operation; subtract: Operation; multiply: Operation; divide: Operation; last(): bigint }

const MAX = 2n ** 256n - 1n

describe("calculator", async () => {
  const compiled = await compileExample("calculator")

  it("fits its size", () => checkCodeSize("calculator", compiled))

  it("computes with 256 bits", async () => {
    const c = await simulate<Calculator>(compiled)
    assert.equal(await c.add(2n ** 200n, 5n), 2n ** 200n + 5n)
    assert.equal(await c.subtract(MAX, 1n), MAX - 1n)
    assert.equal(await c.multiply(2n ** 128n - 1n, 2n ** 128n - 1n), (2n ** 128n - 1n) ** 2n)
    assert.equal(await c.divide(MAX, 7n), MAX / 7n)
  })

  it("keeps the last result for its owner", async () => {
    const c = await simulate<Calculator>(compiled)
    const [alice, bob] = [c.connect(account("alice")), c.connect(account("bob"))]
    await alice.add(1n, 2n)
    await bob.multiply(4n, 5n)
    assert.equal(await alice.query.last(), 3n)
    assert.equal(await bob.query.last(), 20n)
    assert.equal(await c.query.last(), 0n)
  })

  it("refuses what has no result, and keeps what was", async () => {
    const c = await simulate<Calculator>(compiled)
    await c.add(1n, 1n)
    await assert.rejects(c.add(MAX, 1n), reverted("arithmetic overflow"))
    await assert.rejects(c.subtract(1n, 2n), reverted("arithmetic overflow"))
    await assert.rejects(c.multiply(MAX, 2n), reverted("arithmetic overflow"))
    await assert.rejects(c.divide(1n, 0n), revertedWith("DivisionByZero()"))
    assert.equal(await c.query.last(), 2n)
  })
})
