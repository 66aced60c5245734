import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { compileContract, sdkErrors } from "../src/index.ts"
import { account, simulate } from "../src/simulate.ts"

const vectors = JSON.parse(readFileSync(new URL("../../testing/vectors/contracts.json", import.meta.url), "utf8")) as {
  events: { args: string[]; bytes: string }[]
  errors: { args: string[]; message: string }[]
  entries: { entryKey: string; entryValue: string }[]
}
type Features = {
  setName(name: string): bigint
  pair(a: string, b: bigint): undefined
  pay(to: string, memo: string): bigint
}

describe("vectors/contracts.json", async () => {
  const compiled = await compileContract(`${import.meta.dirname}/secret-contract/features.ts`)
  const deploy = () => simulate<Features>(compiled, { args: [account("bank"), 7] })

  it("events", async () => {
    const [paid, nothing] = vectors.events as [(typeof vectors.events)[0], (typeof vectors.events)[0]]
    const [to, amount, memo] = paid.args as [string, string, string]
    const { events } = await (await deploy()).connect(to, { value: { amount: BigInt(amount) } }).run("pay", to, memo)
    assert.deepEqual(
      events.map(({ data }) => data),
      [paid.bytes, nothing.bytes],
    )
  })

  it("custom errors", async () => {
    for (const { args, message } of vectors.errors) {
      const amount = BigInt(args[0] ?? 0)
      const c = (await deploy()).connect(account("payer"), { value: { amount } })
      await assert.rejects(c.pay(account("to"), ""), (error) => {
        assert.ok(sdkErrors.is(error, "REVERTED_WITH"), String(error))
        assert.equal(error.data.message, message)
        return true
      })
    }
  })

  it("state entries", async () => {
    const c = await deploy()
    await c.connect(`0x${"c0".repeat(20)}`).setName("äb")
    await c.pair("a", 300n)
    const entries = new Map(c.state.entries().map(({ key, value }) => [key as string, value as string]))
    for (const { entryKey, entryValue } of vectors.entries) assert.equal(entries.get(entryKey), entryValue)
    assert.equal(entries.size, vectors.entries.length + 1) // and the bank
  })
})
