import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, reverted } from "../../support/example.ts"

type Millionaires = {
  addMillionaire(who: string, worth: bigint): undefined
  computeRichest(): string
  announceRichest(): undefined
}

const NOBODY = `0x${"0".repeat(40)}`
const [registry, ann, ben, cem] = ["registry", "ann", "ben", "cem"].map(account) as [string, string, string, string]

describe("millionaires", async () => {
  const compiled = await compileExample("millionaires")
  const deploy = () => simulate<Millionaires>(compiled, { args: [registry] })

  it("fits its size", () => checkCodeSize("millionaires", compiled))

  it("finds the richest, whatever the order, and after a change", async () => {
    const c = await deploy()
    assert.equal(await c.computeRichest(), NOBODY)
    await c.addMillionaire(ann, 5n)
    await c.addMillionaire(ben, 2n ** 255n)
    await c.addMillionaire(cem, 7n)
    assert.equal(await c.query.computeRichest(), ben)
    await c.addMillionaire(ben, 1n)
    assert.equal(await c.query.computeRichest(), cem)
  })

  it("announces the richest to the registry it was given", async () => {
    const c = await deploy()
    await c.addMillionaire(ann, 1n)
    const { callbacks } = await c.run("announceRichest")
    assert.deepEqual(
      callbacks.map(({ target, contract, method, args }) => ({ target, contract, method, args })),
      [{ target: registry, contract: "RichestRegistry", method: "announce", args: [ann] }],
    )
  })

  it("takes no money", async () => {
    const c = await deploy()
    await assert.rejects(
      c.connect(ann, { value: { amount: 1n } }).computeRichest(),
      reverted("function is not payable"),
    )
  })

  it("costs little", async () => {
    const c = await deploy()
    const { gasUsed } = await c.run("addMillionaire", ann, 5n)
    assert.ok(gasUsed < 60_000n, `${gasUsed}`)
  })

  it("shows nobody a worth", async () => {
    const c = await deploy()
    await c.addMillionaire(ann, 1n)
    const small = await c.run("addMillionaire", ann, 2n)
    const large = await c.run("addMillionaire", ann, 2n ** 255n)
    assert.deepEqual(small.public, large.public)
  })
})
