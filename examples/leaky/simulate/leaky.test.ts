import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, type PublicTrace, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample } from "../../support/example.ts"

type Method = (secret: number) => unknown
type Leaky = Record<
  "byGas" | "byOutput" | "byState" | "byNotWriting" | "byFailing" | "byCallback" | "byPublicState" | "quiet",
  Method
>

describe("leaky", async () => {
  const compiled = await compileExample("leaky")
  /** What everyone sees of a call with a secret. */
  const trace = async (method: keyof Leaky, secret: number): Promise<PublicTrace> => {
    const c = await simulate<Leaky>(compiled, { args: [account("beacon")] })
    await c.run(method, secret).catch(() => undefined)
    return c.lastPublic
  }
  /** In what two calls with different secrets differ. */
  const differences = async (method: keyof Leaky): Promise<readonly string[]> => {
    const [a, b] = [await trace(method, 100), await trace(method, 20_000)]
    return (Object.keys(a) as (keyof PublicTrace)[]).filter((key) => {
      try {
        assert.deepEqual(a[key], b[key])
        return false
      } catch {
        return true
      }
    })
  }

  it("fits its size", () => checkCodeSize("leaky", compiled))

  for (const [method, leak] of [
    ["byGas", "gasClass"],
    ["byOutput", "outputBytes"],
    ["byState", "deltaBytes"],
    ["byNotWriting", "deltaBytes"],
    ["byFailing", "status"],
    ["byCallback", "callbacks"],
    ["byPublicState", "publicEntries"],
  ] as const)
    it(`${method} leaks by ${leak}`, async () => {
      const found = await differences(method)
      assert.ok(found.includes(leak), `differs in ${found.join(", ") || "nothing"}`)
    })

  it("quiet keeps its secret", async () => {
    assert.deepEqual(await differences("quiet"), [])
  })
})
