import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { chainErrors } from "@enigma-discovery/chain/follow"
import { MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { clientErrors } from "../src/errors.ts"
import { createGatewayPool, type GatewayPool, type GatewayQuestion } from "../src/gateways.ts"
import { fakeGateways, hanging, Raw, RpcFailure, type Rule } from "./support/fake-gateways.ts"
import { errorCode } from "./support/setup.ts"

const [ONE, TWO, THREE] = ["http://one.test/", "http://two.test/", "http://three.test/"] as const
function pool(rules: Record<string, Rule>, urls: readonly string[] = Object.keys(rules), clock = { ms: 0 }) {
  const gateways = fakeGateways(rules)
  const made = createGatewayPool({ urls, timeoutMs: 30, fetch: gateways.fetch, nowMs: () => clock.ms })
  return { pool: made, asked: gateways.asked, clock }
}
const question = (over: Partial<GatewayQuestion<unknown>> = {}): GatewayQuestion<unknown> => ({
  method: "enigma_status",
  params: [],
  accept: (raw) => raw,
  ...over,
})
const causesOf = async (made: GatewayPool, over = {}): Promise<readonly string[]> => {
  const error = await made.ask(question(over)).catch((caught) => caught)
  assert.ok(clientErrors.is(error, "GATEWAYS_FAILED"), String(error))
  return (error.cause as AggregateError).errors.map(({ name }: Error) => name)
}
const endless = () =>
  new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(262_144).fill(0x61))
    },
  })

describe("the gateway pool", () => {
  const failing: Record<string, [Rule, string]> = {
    "is down": [
      () => {
        throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } })
      },
      "CLIENT_GATEWAY_UNREACHABLE",
    ],
    hangs: [hanging, "CLIENT_GATEWAY_UNREACHABLE"],
    "answers with status 502": [() => new Raw("{}", { status: 502 }), "CLIENT_GATEWAY_UNREACHABLE"],
    "answers with a page": [() => new Raw("<html>"), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "answers with nothing": [() => new Raw(null), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "answers with null": [() => new Raw("null"), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "answers another question": [() => new Raw('{"jsonrpc":"2.0","id":2,"result":1}'), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "answers neither result nor error": [() => new Raw('{"jsonrpc":"2.0","id":1}'), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "never stops answering": [() => new Raw(endless()), "CLIENT_GATEWAY_ANSWER_INVALID"],
    "announces too much": [
      () => new Raw("{}", { headers: { "content-length": String(MAX_GATEWAY_BODY_BYTES + 1) } }),
      "CLIENT_GATEWAY_ANSWER_INVALID",
    ],
    refuses: [() => new RpcFailure(-32002, "no"), "CLIENT_GATEWAY_REFUSED"],
  }
  for (const [what, [rule, code]] of Object.entries(failing)) {
    it(`says so when a gateway ${what}, and asks the next`, async () => {
      const { pool: made, asked } = pool({ [ONE]: rule, [TWO]: () => "fine" })
      assert.equal(await made.ask(question()), "fine")
      assert.deepEqual(asked, [`${ONE} enigma_status`, `${TWO} enigma_status`])
      const [first, second] = made.health()
      assert.equal(first!.lastFailure?.code, code)
      assert.equal(first!.failuresInARow, 1)
      assert.equal(second!.lastFailure, undefined)
      assert.deepEqual(await causesOf(pool({ [ONE]: rule }).pool), [code])
    })
  }

  it("lists every cause when all fail, with each gateway's name", async () => {
    const { pool: made } = pool({
      [ONE]: () => new RpcFailure(-32001, "busy"),
      [TWO]: () => new Raw("x"),
      [THREE]: hanging,
    })
    const error = await made.ask(question()).catch((caught) => caught)
    assert.ok(clientErrors.is(error, "GATEWAYS_FAILED"))
    for (const url of [ONE, TWO, THREE]) assert.ok(String(error.data.causes).includes(url))
  })

  it("asks one that failed last, until its time is over", async () => {
    let broken = true
    const flaky: Rule = () => {
      if (broken) throw new TypeError("fetch failed")
      return "one"
    }
    const { pool: made, clock } = pool({ [ONE]: flaky, [TWO]: () => "two" })
    assert.equal(await made.ask(question()), "two")
    broken = false
    assert.equal(await made.ask(question()), "two")
    clock.ms = 1_001
    assert.equal(await made.ask(question()), "one")
    assert.equal(made.health()[0]!.failuresInARow, 0)
  })

  it("waits longer after each failure, and longest after a lie", async () => {
    const down: Rule = () => {
      throw new TypeError("fetch failed")
    }
    const { pool: made, clock } = pool({ [ONE]: down })
    for (const wait of [1_000, 2_000, 4_000]) {
      await causesOf(made)
      assert.equal(made.health()[0]!.askedLastUntilMs, clock.ms + wait)
    }
    const lie = () => {
      throw new Error("forged")
    }
    const lied = pool({ [ONE]: () => "x" })
    assert.deepEqual(await causesOf(lied.pool, { accept: lie }), ["CLIENT_GATEWAY_LIED"])
    assert.equal(lied.pool.health()[0]!.askedLastUntilMs, 600_000)
    assert.equal(lied.pool.health()[0]!.lies, 1)
  })

  it("still asks those that failed when there is nobody else", async () => {
    let broken = true
    const { pool: made } = pool({
      [ONE]: () => {
        if (broken) throw new TypeError("fetch failed")
        return "back"
      },
    })
    await causesOf(made)
    broken = false
    assert.equal(await made.ask(question()), "back")
  })

  it("does not let one gateway withhold what another has", async () => {
    const { pool: made } = pool({ [ONE]: () => null, [TWO]: () => "here", [THREE]: () => null })
    const accept = (raw: unknown) => raw ?? undefined
    assert.equal(await made.find(question({ accept })), "here")
    const none = pool({ [ONE]: () => null, [TWO]: hanging })
    assert.equal(await none.pool.find(question({ accept })), undefined)
    await assert.rejects(pool({ [ONE]: hanging }).pool.find(question({ accept })), errorCode("GATEWAYS_FAILED"))
  })

  it("tells everyone, and is content with one", async () => {
    const { pool: made } = pool({ [ONE]: hanging, [TWO]: () => 1, [THREE]: () => new Raw("x") })
    assert.deepEqual(await made.tell(question()), [TWO])
    await assert.rejects(pool({ [ONE]: hanging }).pool.tell(question()), errorCode("GATEWAYS_FAILED"))
  })

  it("stops with the signal's reason, and holds it against nobody", async () => {
    const { pool: made } = pool({ [ONE]: hanging, [TWO]: () => "two" })
    const controller = new AbortController()
    const asked = made.ask(question({ signal: controller.signal }))
    controller.abort(new Error("enough"))
    await assert.rejects(asked, { message: "enough" })
    assert.equal(made.health()[0]!.lastFailure, undefined)
  })

  it("ends a question that this client's own node makes unanswerable, and holds it against nobody", async () => {
    const { pool: made, asked } = pool({ [ONE]: () => 1, [TWO]: () => 1 })
    const accept = () => {
      throw chainErrors.make("RPC_UNREACHABLE", { method: "eth_call" })
    }
    for (const ask of [made.ask, made.find, made.tell])
      await assert.rejects(ask(question({ accept })), { name: "CHAIN_RPC_UNREACHABLE" })
    assert.ok(made.health().every(({ lastFailure }) => lastFailure === undefined))
    assert.equal(asked.length, 4)
  })

  it("refuses lists it can't use", () => {
    const urls = (list: readonly string[]) => () => pool({}, list)
    for (const list of [
      [],
      ["ftp://x"],
      ["nonsense"],
      [ONE, "http://one.test"],
      Array.from({ length: 17 }, (_, i) => `http://${i}.test`),
    ])
      assert.throws(urls(list), errorCode("BAD_OPTION"))
  })
})
