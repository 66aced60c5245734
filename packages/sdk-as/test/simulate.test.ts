import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { keccak256 } from "ethers"
import { compileContract, sdkErrors } from "../src/index.ts"
import { account, type MethodsOf, type SimulateOptions, simulate } from "../src/simulate.ts"

type Features = {
  setName(name: string): bigint
  pay(to: string, memo: string): bigint
  roll(sides: bigint): bigint
  item(index: number): bigint
  divide(a: bigint, b: bigint): bigint
  narrow(value: bigint): bigint
  forever(): undefined
  hashOf(data: string): string
  when(): bigint[]
  pair(a: string, b: bigint): undefined
  pairsOf(a: string): bigint[]
}

const FILE = fileURLToPath(new URL("secret-contract/features.ts", import.meta.url))
const [bank, alice, bob] = [account("bank"), account("alice"), account("bob")]

describe("simulate", async () => {
  const compiled = await compileContract(FILE)
  const deploy = (options: SimulateOptions = {}) => simulate<Features>(compiled, { args: [bank, 7], ...options })

  it("runs the constructor, keeps state and shows it by name", async () => {
    const c = await deploy()
    assert.deepEqual(c.state.all(), { bank, round: 7n, names: new Map(), log: [], pairs: new Map() })
    assert.equal(await c.connect(alice).setName("äb"), 1n)
    assert.equal(await c.connect(bob).setName("Bobby"), 2n)
    const names = new Map([
      [alice, "äb"],
      [bob, "Bobby"],
    ])
    assert.deepEqual(c.state.get("names"), names)
    assert.equal(c.state.get("names", bob), "Bobby")
    assert.equal(c.state.get("names", bank), undefined)
    assert.deepEqual(c.state.get("log"), [2n, 5n])
    assert.equal(c.state.get("log", 1), 5n)
    assert.equal(c.state.get("round"), 9n)
    assert.throws(() => c.state.get("nobody"), has("NO_VARIABLE"))
    assert.throws(() => c.state.get("round", 1), has("WRONG_KEYS"))
  })

  it("iterates mappings of two keys, in the order of the keys", async () => {
    const c = await deploy()
    for (const [text, i] of [
      ["b", 2n],
      ["a", 1n],
      ["long ".repeat(7), 3n],
    ] as const)
      await c.pair(text, i)
    await c.pair("a", 300n)
    assert.deepEqual(await c.pairsOf("nobody"), [])
    assert.deepEqual(await c.pairsOf("a"), [1n, 300n])
    assert.deepEqual(
      c.state.get("pairs"),
      new Map([
        [
          "a",
          new Map([
            [1n, true],
            [300n, true],
          ]),
        ],
        ["b", new Map([[2n, true]])],
        ["long ".repeat(7), new Map([[3n, true]])],
      ]),
    )
    assert.equal(c.state.get("pairs", "b", 2), true)
    assert.throws(() => c.state.get("pairs", "b"), has("WRONG_KEYS"))
  })

  it("captures events and calls of Ethereum, decoded", async () => {
    const c = await deploy()
    const run = await c.connect(alice, { value: { amount: 5n } }).run("pay", bob, "hi")
    assert.equal(run.result, 5n)
    assert.deepEqual(
      run.events.map(({ name, args }) => ({ name, args })),
      [
        { name: "Paid", args: { to: bob, amount: 5n, memo: "hi" } },
        { name: "Nothing", args: {} },
      ],
    )
    assert.deepEqual(
      run.callbacks.map(({ target, contract, method, args }) => ({ target, contract, method, args })),
      [
        { target: bank, contract: "Bank", method: "pay", args: [bob, 5n, "hi"] },
        { target: bank, contract: "Bank", method: "ping", args: [] },
      ],
    )
  })

  it("undoes a task whose callback fails, and says why", async () => {
    const seen: string[] = []
    const onCallback = ({ method }: { method: string | undefined }) => {
      seen.push(method!)
      if (method === "ping") throw new Error("the bank is closed")
    }
    const c = await deploy({ onCallback })
    const before = c.state.entries()
    const task = c.connect(alice, { value: { amount: 5n } }).pay(bob, "hi")
    await assert.rejects(task, (error) => {
      assert.ok(sdkErrors.is(error, "CALLBACK_FAILED"))
      assert.match(error.message, /the bank is closed/)
      return true
    })
    assert.deepEqual(seen, ["pay", "ping"])
    assert.deepEqual(c.state.entries(), before)
    assert.equal(c.lastPublic.status, "CallbackFailed")
  })

  it("refuses callbacks that nobody pays for", async () => {
    const c = await deploy()
    const poor = c.connect(alice, { value: { amount: 5n }, callbackGas: 0n })
    await assert.rejects(poor.pay(bob, ""), has("REVERTED", { message: /no callback gas/ }))
  })

  it("tells reverts, custom errors, lack of gas and bad arguments apart", async () => {
    const c = await deploy()
    await assert.rejects(c.hashOf("0x"), has("REVERTED", { message: /^nothing to hash$/ }))
    await assert.rejects(c.pay(bob, ""), has("REVERTED_WITH", { shown: /^Closed\(\)$/ }))
    const rich = c.connect(alice, { value: { amount: 5_000n } })
    await assert.rejects(rich.pay(bob, ""), (error) => {
      assert.ok(sdkErrors.is(error, "REVERTED_WITH"))
      assert.deepEqual(error.cause, { name: "TooMuch", args: [5_000n, 1_000n] })
      return true
    })
    await assert.rejects(c.connect(alice, { gasLimit: 1_000_000n }).forever(), has("OUT_OF_GAS"))
    await assert.rejects(c.roll("six" as never), has("BAD_ARGUMENTS"))
    await assert.rejects(c.run("nothing" as never, ...([] as never)), has("NO_FUNCTION"))
    await assert.rejects(c.connect(alice, { value: { amount: 1n } }).roll(6n), has("REVERTED", { message: /payable/ }))
    assert.throws(() => c.connect("alice"), has("BAD_ADDRESS"))
    await assert.rejects(simulate(compiled, { args: [] }), has("BAD_ARGUMENTS"))
  })

  it("leads a trap back to the line of the source", async () => {
    const c = await deploy()
    const lines = readFileSync(FILE, "utf8").split("\n")
    const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1
    const divided = new RegExp(`^division-by-zero in .* \\(features\\.ts:${lineOf("return a / b")}:`)
    await assert.rejects(c.divide(5n, 0n), has("TRAPPED", { text: divided, file: /^features\.ts$/ }))
    // In a library's code, which is inlined: the contract's own line near it.
    const beyond = /^unreachable in .*~lib\/array\.ts.*, near features\.ts:(\d+)\)$/
    await assert.rejects(c.item(5), (error) => {
      assert.ok(sdkErrors.is(error, "TRAPPED"))
      const line = Number(beyond.exec(String(error.data.text))?.[1])
      const wanted = lineOf("return all[index]")
      assert.ok(line === wanted || line === wanted - 1, String(error.data.text))
      return true
    })
  })

  it("holds integers to the bits of their type, coming in and going out", async () => {
    const c = await deploy()
    assert.equal(await c.narrow(2n ** 96n - 2n), 2n ** 96n - 1n)
    await assert.rejects(c.narrow(2n ** 96n - 1n), has("REVERTED", { message: /arithmetic overflow/ }))
  })

  it("is typed by a literal ABI", async () => {
    const abi = [
      {
        type: "function",
        name: "setName",
        inputs: [{ name: "name", type: "string" }],
        outputs: [{ name: "", type: "uint32" }],
      },
    ] as const
    const c = await simulate<MethodsOf<typeof abi>>(compiled, { args: [bank, 7] })
    const length: bigint = await c.setName("typed")
    assert.equal(length, 1n)
    // @ts-expect-error a name is a string
    await assert.rejects(c.setName(5), has("BAD_ARGUMENTS"))
    // @ts-expect-error there is no such method
    assert.equal(c.nothing, undefined)
  })

  it("draws randomness from its seed", async () => {
    const rolls = async (seed: string) => {
      const c = await deploy({ seed })
      return [await c.roll(2n ** 60n), await c.roll(2n ** 60n)]
    }
    const [first, second] = await rolls("a")
    assert.notEqual(first, second)
    assert.deepEqual(await rolls("a"), [first, second])
    assert.notDeepEqual(await rolls("b"), [first, second])
  })

  it("reads in private: nothing stays, nothing is drawn", async () => {
    const c = await deploy()
    assert.equal(await c.query.hashOf("0x12"), keccak256("0x12"))
    assert.equal(await c.query.setName("ghost"), 1n)
    assert.deepEqual(c.state.get("log"), [])
    await assert.rejects(c.query.roll(6n), has("TRAPPED", { trap: /^host-misuse$/ }))
  })

  it("has the block it is given", async () => {
    const c = await deploy({ blockNumber: 100n, timestampS: 1_000n })
    assert.deepEqual(await c.when(), [100n, 1_000n])
    c.mine(2)
    assert.deepEqual(await c.when(), [102n, 1_024n])
    c.setBlock({ timestampS: 5n })
    assert.deepEqual(await c.when(), [102n, 5n])
  })

  it("shows what everyone sees: sizes in classes, public entries in clear", async () => {
    const c = await deploy()
    await c.setName("x".repeat(200))
    assert.deepEqual(c.lastPublic.publicEntries, [{ key: hexOf("round"), value: `0x${"0".repeat(63)}8` }])
    assert.equal(c.lastPublic.deltaBytes, 1_024)
    assert.equal(c.lastPublic.outputBytes, 256)
    await assert.rejects(c.hashOf("0x"))
    assert.deepEqual({ ...c.lastPublic, gasClass: 0n }, { ...NOTHING_HAPPENED })
  })
})

const NOTHING_HAPPENED = {
  status: "Failed",
  gasClass: 0n,
  outputBytes: 256,
  deltaBytes: 0,
  callbacks: [],
  publicEntries: [],
}

const hexOf = (text: string): string => `0x${Buffer.from(text).toString("hex")}`

/** Checks the code of an error and texts in its data. */
function has(code: keyof typeof sdkErrors.catalogue, data: Readonly<Record<string, RegExp>> = {}) {
  return (error: unknown): boolean => {
    assert.ok(sdkErrors.is(error, code), `${code} was expected, not ${String(error)}`)
    for (const [key, pattern] of Object.entries(data)) assert.match(String(error.data[key]), pattern)
    return true
  }
}
