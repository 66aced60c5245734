import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { newSigningKey } from "@enigma-discovery/crypto"
import { type Hex, type Receipt, toHex } from "@enigma-discovery/protocol"
import { contractAt } from "../src/contract-at.ts"
import { clientErrors } from "../src/errors.ts"
import { submitEnvelope } from "../src/submit-envelope.ts"
import type { TaskHandle } from "../src/task-handle.ts"
import { fetchResult } from "../src/task-result.ts"
import { ADDRESSES } from "./support/fake-enigma.ts"
import type { Rule } from "./support/fake-gateways.ts"
import { FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed, errorCode, type Setup, setup, URLS } from "./support/setup.ts"

const ANSWER = { result: 0, gasUsed: 77n, data: abiEncode(["address"], [USER]) }

interface Called extends Setup {
  readonly address: Hex
  readonly deployment: TaskHandle<undefined>
  readonly task: TaskHandle<Hex>
  /** What every gateway answers to `enigma_taskResult`; undefined: honest. */
  answers(result: (() => unknown) | undefined): void
}
async function called(net = new FakeNetwork(), prices: { callbackGas?: bigint } = {}): Promise<Called> {
  let forged: (() => unknown) | undefined
  const rule: Rule = (method, params) =>
    forged !== undefined && method === "enigma_taskResult" ? forged() : net.answer(method, params)
  const given = await deployed(setup({ net, rules: Object.fromEntries(URLS.map((url) => [url, rule])) }))
  const task = await contractAt(given.client, given.address, ABI).call({ fn: "computeRichest", args: [], ...prices })
  const answers: Called["answers"] = (result) => {
    forged = result
  }
  return { ...given, task, answers }
}
const reasonOf = (error: unknown): string => {
  assert.ok(clientErrors.is(error, "GATEWAYS_FAILED"), String(error))
  const [first] = (error.cause as AggregateError).errors as Error[]
  return (first!.cause as Error).name
}

describe("a task's result", () => {
  it("waits until it is there", async () => {
    const { net, address, task } = await called()
    const result = task.result()
    assert.equal(await fetchResult((await called()).client, (await called()).task.recorded), undefined)
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    assert.equal((await result).toLowerCase(), USER)
    const outcome = await task.outcome()
    assert.deepEqual([outcome.status, outcome.gasUsed, outcome.finality], ["Success", 77n, "executed"])
    assert.equal(task.state, "executed")
  })

  it("gives up in time, and can be asked again", async () => {
    const { net, address, task } = await called()
    await assert.rejects(task.result({ timeoutMs: 20 }), errorCode("TIMED_OUT"))
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  const forgeries: Record<string, [(c: Called) => unknown, string]> = {
    "signed by a stranger": [
      ({ net, address }) => net.result(address, 1, { signing: newSigningKey() }),
      "VERIFY_WRONG_SIGNER",
    ],
    "of a worker that is not drawn": [
      ({ net, address }) => {
        const worker = net.workers.find(({ id }) => id !== net.drawn(address).id)!
        return net.result(address, 1, { worker })
      },
      "CLIENT_RESULT_INVALID",
    ],
    "of an epoch that never was": [
      ({ net, address }) => net.result(address, 1, { epoch: 40, worker: net.drawn(address) }),
      "CLIENT_STATEMENT_STALE",
    ],
    "of another task of the contract": [({ net, address }) => net.result(address, 0), "CLIENT_RESULT_INVALID"],
    "with the output of another task": [
      ({ net, address }) => net.result(address, 1, { output: net.executed.get(`${address} 0`)!.output }),
      "VERIFY_BATCH_DATA",
    ],
    "whose output was tampered with": [
      ({ net, address }) => {
        const output = Uint8Array.from(net.executed.get(`${address} 1`)!.output!)
        output[40]! ^= 1
        return net.result(address, 1, { output })
      },
      "VERIFY_BATCH_DATA",
    ],
    "whose receipt names an output that is not for us": [
      ({ net, address }) => {
        const { output, receipt } = net.executed.get(`${address} 0`)!
        const mine = net.executed.get(`${address} 1`)!.receipt
        return net.result(address, 1, { output, receipt: { ...mine, outputHash: receipt.outputHash } })
      },
      "CLIENT_OUTPUT_MISMATCH",
    ],
    "whose receipt was changed": [
      ({ net, address }) => {
        const honest = net.result(address, 1)!
        const raw = Buffer.from(honest.slice(2), "hex")
        raw[28 + 36 + 8] = 9 // inside the receipt: status or what follows
        return toHex(raw)
      },
      "ANY",
    ],
    "that is too long": [() => `0x${"00".repeat(900_000)}`, "PROTOCOL_TOO_LARGE"],
    "that is rubbish": [() => "0x0102", "PROTOCOL_TOO_SHORT"],
    "that is no hex": [() => 17, "PROTOCOL_BAD_HEX"],
  }
  for (const [what, [forge, reason]] of Object.entries(forgeries)) {
    it(`refuses one ${what}`, async () => {
      const given = await called()
      given.net.execute(given.address, 1, () => ANSWER, CODE_HASH)
      given.answers(() => forge(given))
      const refused = await fetchResult(given.client, given.task.recorded).catch((error: unknown) => error)
      if (reason === "ANY") assert.ok(reasonOf(refused).length > 0)
      else assert.equal(reasonOf(refused), reason)
      await assert.rejects(given.task.result({ timeoutMs: 30 }), errorCode("GATEWAYS_FAILED"))
      given.answers(undefined)
      assert.equal((await given.task.result()).toLowerCase(), USER)
    })
  }

  it("is taken from the worker that took over, and from one of an epoch gone by", async () => {
    const given = await called()
    const { net, address, client, task } = given
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    const first = net.result(address, 1)
    net.nextEpoch()
    net.nextEpoch()
    assert.equal((await task.result()).toLowerCase(), USER)
    given.answers(() => first)
    assert.ok(await fetchResult(client, task.recorded), "epoch 1, whose draw was seen then")
    const fresh = setup({ net, rules: Object.fromEntries(URLS.map((url) => [url, () => first])) })
    assert.ok(await fetchResult(fresh.client, task.recorded), "epoch 1, read from history")
    net.chain.historyFrom = net.chain.head.number
    const late = setup({ net, rules: Object.fromEntries(URLS.map((url) => [url, () => first])) })
    const refused = await fetchResult(late.client, task.recorded).catch((error: unknown) => error)
    assert.equal(reasonOf(refused), "CLIENT_HISTORY_UNAVAILABLE")
  })

  it("does not let a gateway hide behind an epoch whose state is gone", async () => {
    const net = new FakeNetwork()
    const liar: Rule = (method, params) =>
      method === "enigma_taskResult"
        ? net.result(params[0]!, params[1]!, { epoch: 1, worker: net.drawn(params[0]!) })
        : net.answer(method, params)
    net.nextEpoch()
    net.nextEpoch()
    const given = await deployed(setup({ net, rules: { [URLS[0]]: liar } }))
    net.chain.historyFrom = net.chain.head.number
    const task = await contractAt(given.client, given.address, ABI).call({ fn: "computeRichest", args: [] })
    net.execute(given.address, 1, () => ANSWER, CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  it("turns each way to fail into its own error", async () => {
    const ends: [Parameters<FakeNetwork["execute"]>[2], string][] = [
      [() => ({ result: 1, gasUsed: 5n, message: "not the owner" }), "TASK_REVERTED"],
      [() => ({ result: 2, gasUsed: 5n }), "TASK_OUT_OF_GAS"],
      [() => ({ result: 3, gasUsed: 5n, message: "unreachable" }), "TASK_TRAPPED"],
      [() => ({ result: 4, gasUsed: 0n, message: "unknown selector" }), "TASK_BAD_INPUT"],
      [() => ({ result: 5, gasUsed: 0n, status: 3 }), "TASK_CALLBACK_FAILED"],
      [() => ({ result: 0, gasUsed: 0n, status: 7 }), "TASK_ENGINE_FAULT"],
      [() => ({ result: 0, gasUsed: 0n, status: 2 }), "RESULT_INVALID"],
    ]
    for (const [run, code] of ends) {
      const { net, address, task } = await called()
      net.execute(address, 1, run, CODE_HASH)
      await assert.rejects(task.result(), (error: unknown) => {
        assert.ok(errorCode(code)(error), `${(error as Error).name}, not ${code}`)
        return true
      })
      const outcome = await task.outcome()
      assert.equal(outcome.returned, false)
      assert.equal(outcome.value, undefined)
      assert.ok(errorCode(code)(outcome.error))
    }
    const { net, address, task } = await called()
    net.execute(address, 1, () => ({ result: 1, gasUsed: 5n, message: "poor" }), CODE_HASH)
    const error = (await task.outcome()).error as { data: Record<string, unknown> } | undefined
    assert.equal(error?.data.message, "poor")
    assert.equal(error?.data.gasUsed, 5n)
  })

  it("tells the ends that come without an output", async () => {
    const ends: [number, string][] = [
      [4, "TASK_INPUTS_MISSING"],
      [5, "TASK_STALE_KEY"],
      [6, "TASK_NOT_DEPLOYED"],
      [7, "TASK_ENGINE_FAULT"],
      [8, "TASK_EXPIRED"],
      [2, "TASK_BAD_INPUT"],
    ]
    for (const [status, code] of ends) {
      const { net, address, task } = await called()
      const done = net.execute(address, 1, () => ANSWER, CODE_HASH)
      const receipt = { ...done.receipt, status, outputHash: new Uint8Array(32) } as Receipt
      net.executed.set(`${address} 1`, { ...done, receipt, output: undefined })
      await assert.rejects(task.result(), errorCode(code))
    }
  })

  it("refuses an answer that does not fit the ABI", async () => {
    const { net, address, task } = await called()
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data: Uint8Array.of(1, 2, 3) }), CODE_HASH)
    await assert.rejects(task.result(), errorCode("BAD_RESULT"))
  })

  it("does not open a callback's outcome before the chain has decided it", async () => {
    const given = await called(new FakeNetwork(), { callbackGas: 100_000n })
    const { net, address, task } = given
    const fallback = { result: 5, gasUsed: 3n, message: "registry said no" }
    net.execute(address, 1, () => ({ ...ANSWER, fallback }), CODE_HASH)
    await assert.rejects(task.result({ timeoutMs: 20 }), errorCode("TIMED_OUT"))
    net.commit(address, 2)
    assert.equal((await task.result()).toLowerCase(), USER)
    const failed = await called(new FakeNetwork(), { callbackGas: 100_000n })
    failed.net.execute(failed.address, 1, () => ({ ...ANSWER, fallback }), CODE_HASH)
    failed.net.commit(failed.address, 2, { callbacksFailed: true })
    await assert.rejects(failed.task.result(), (error: unknown) => {
      assert.ok(errorCode("TASK_CALLBACK_FAILED")(error))
      return (error as { data: { message: string } }).data.message === "registry said no"
    })
    const receipt = await failed.task.receipt()
    assert.equal(receipt.status, "CallbackFailed")
    assert.equal(receipt.receipt.status, 1)
    assert.equal(toHex(receipt.outputHash), toHex(receipt.receipt.fallbackOutputHash))
    assert.equal((await failed.deployment.receipt()).status, "Success", "earlier receipts of that batch stand")
  })

  it("follows its record through a re-org that moves it", async () => {
    const { net, client, address, task } = await called()
    const before = task.taskId
    net.execute(address, 1, () => ({ ...ANSWER, data: abiEncode(["address"], [address]) }), CODE_HASH)
    const old = net.result(address, 1)
    assert.equal((await task.result()).toLowerCase(), address)
    net.chain.reorg(1, { drop: false })
    // Another record comes first on the new branch, so ours gets another index and id.
    const first = await contractAt(client, address, ABI).prepare({ fn: "addMillionaire", args: [USER, 1n] })
    await submitEnvelope(client, first)
    const terms = 1_000_000n | (1n << 48n)
    const data = enigmaInterface.encodeFunctionData("recordTask", [address, first.inputsHash, terms]) as Hex
    net.chain.mineAhead({ from: USER, to: ADDRESSES.enigma, data, value: 0n })
    assert.equal(net.result(address, 1), old, "the old branch's result is still going around")
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n }), CODE_HASH)
    net.execute(address, 2, () => ANSWER, CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
    assert.equal(task.index, 2)
    assert.notEqual(task.taskId, before)
    assert.equal(task.taskId, toHex(net.record(address, 2).taskId))
  })

  it("blames nobody for a result that is still of the record before a re-org", async () => {
    const { net, client, address, task } = await called()
    net.execute(address, 1, () => ({ ...ANSWER, data: abiEncode(["address"], [address]) }), CODE_HASH)
    net.chain.reorg(1)
    net.chain.mineEmpty()
    net.chain.mine()
    await assert.rejects(task.result({ timeoutMs: 60 }), errorCode("TIMED_OUT"))
    assert.equal(task.index, 1)
    assert.ok(client.gateways.health().every(({ lies }) => lies === 0))
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  it("says that a record is lost when a re-org took it and nothing brought it back", async () => {
    const { net, task } = await called()
    net.chain.reorg(1, { drop: true })
    net.chain.mine()
    await assert.rejects(task.result({ timeoutMs: 40 }), errorCode("RECORD_LOST"))
  })

  it("survives gateways and the node going away and coming back", async () => {
    const given = await called()
    const { net, address, task } = given
    let trouble = true
    given.answers(() => {
      if (trouble) throw new TypeError("fetch failed")
      return net.result(address, 1)
    })
    net.chain.intercept = (method) => {
      if (trouble && method === "eth_getStorageAt") throw new Error("down")
      return undefined
    }
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    const result = task.result()
    await assert.rejects(task.result({ timeoutMs: 30 }), { name: "CHAIN_RPC_UNREACHABLE" })
    trouble = false
    assert.equal((await result).toLowerCase(), USER)
  })

  it("opens nothing after its key was wiped", async () => {
    const { net, address, task } = await called()
    net.execute(address, 1, () => ANSWER, CODE_HASH)
    task.forget()
    await assert.rejects(task.result(), errorCode("SECRET_FORGOTTEN"))
  })

  it("tells its way step by step", async () => {
    const { net, address, task } = await called()
    const told: string[] = []
    for await (const step of task.states()) {
      told.push(step.state)
      if (step.state === "recorded") net.execute(address, 1, () => ANSWER, CODE_HASH)
      if (step.state === "executed") net.commit(address, 2)
    }
    assert.deepEqual(told, ["recorded", "executed", "committed"])
  })
})
