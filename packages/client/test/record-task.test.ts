import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { SLOT } from "@enigma-discovery/verify"
import { contractAt } from "../src/contract-at.ts"
import { deployContract, predictAddress } from "../src/deploy-contract.ts"
import { findRecord } from "../src/find-record.ts"
import { recordTask, recordTasks } from "../src/record-task.ts"
import { submitEnvelope } from "../src/submit-envelope.ts"
import { taskHandle } from "../src/task-handle.ts"
import { ADDRESSES } from "./support/fake-enigma.ts"
import { FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE, CODE_HASH, deployed, errorCode, setup } from "./support/setup.ts"

const OTHER: Hex = `0x${"b2".repeat(20)}`
const rejected = (method: string, error: object) => (got: string) => {
  if (got === method) throw error
  return undefined
}

describe("recording", () => {
  it("tells why Enigma refuses, before the wallet is asked and the envelope is recorded", async () => {
    const { net, client, address } = await deployed()
    const contract = contractAt(client, address, ABI)
    const sends = () => net.chain.calls.filter((method) => method === "eth_sendTransaction").length
    const before = sends()
    net.enigma.credit(USER, 5n)
    await assert.rejects(contract.call({ fn: "computeRichest", args: [] }), (error: unknown) => {
      assert.ok(errorCode("CREDIT_TOO_LOW")(error))
      const { data } = error as { data: { credit: bigint; required: bigint } }
      assert.equal(data.credit, 5n)
      assert.equal(data.required, 5_010_000n)
      return true
    })
    net.enigma.credit(USER, 10n ** 12n)
    const low = contract.call({ fn: "computeRichest", args: [], gasLimit: 1n })
    await assert.rejects(low, (error: unknown) => {
      assert.equal((error as { data: { error: string } }).data.error, "TermsTooLow")
      return errorCode("RECORD_REVERTED")(error)
    })
    const dear = contract.call({ fn: "computeRichest", args: [], gasPriceGrains: 1n << 30n })
    await assert.rejects(dear, errorCode("PRICE_TOO_HIGH"))
    const nowhere = contractAt(client, OTHER, ABI).call({ fn: "computeRichest", args: [] })
    await assert.rejects(nowhere, errorCode("UNKNOWN_CONTRACT"))
    assert.equal(sends(), before)
  })

  it("finds revert data wherever a wallet hides it", async () => {
    const { net, client, address } = await deployed()
    const data = enigmaInterface.encodeErrorResult("QueueFull", [address])
    const shapes: object[] = [
      { code: 3, message: "execution reverted", data },
      { code: -32603, message: "Internal", data: { code: 3, data, message: "reverted" } },
      { code: -32603, message: "x", data: { originalError: { data } } },
      { code: "CALL_EXCEPTION", message: "y", info: { error: { code: 3, data } } },
    ]
    for (const shape of shapes) {
      net.chain.intercept = rejected("eth_estimateGas", Object.assign(new Error("reverted"), shape))
      const call = contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] })
      await assert.rejects(call, (error: unknown) => (error as { data: { error: string } }).data.error === "QueueFull")
    }
  })

  it("tells a refusal of the wallet's owner from a failure", async () => {
    const { net, client, address } = await deployed()
    const call = () => contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] })
    net.chain.intercept = rejected("eth_sendTransaction", Object.assign(new Error("denied"), { code: 4001 }))
    await assert.rejects(call(), errorCode("USER_REJECTED"))
    net.chain.intercept = rejected("eth_sendTransaction", new Error("socket"))
    await assert.rejects(call(), { name: "CHAIN_RPC_UNREACHABLE" })
    net.chain.intercept = undefined
    assert.equal((await call()).index, 1)
  })

  it("asks the wallet once a call, and refuses to send on another chain", async () => {
    const { net, client, address } = await deployed()
    const contract = contractAt(client, address, ABI)
    const prompts = () => net.chain.calls.filter((one) => /send|sign/i.test(one)).length
    const before = prompts()
    await contract.call({ fn: "computeRichest", args: [] })
    assert.equal(prompts(), before + 1)
    net.chain.intercept = (method) => (method === "eth_chainId" ? "0x1" : undefined)
    await assert.rejects(contract.call({ fn: "computeRichest", args: [] }), errorCode("WRONG_CHAIN"))
    assert.equal(prompts(), before + 1)
  })

  it("says so when the transaction is mined and fails", async () => {
    const { net, client, address } = await deployed()
    net.chain.automine = false
    const caught = assert.rejects(
      contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] }),
      errorCode("RECORD_FAILED"),
    )
    await until(() => net.chain.pending === 1)
    net.chain.head.world.ledger.set(`credit ${USER}`, 0n)
    net.chain.mine()
    await caught
  })

  it("gives up waiting in time, and finds the record later", async () => {
    const { net, client, address } = await deployed()
    net.chain.automine = false
    const task = await contractAt(client, address, ABI).prepare({ fn: "computeRichest", args: [] })
    const from = Number(net.chain.head.number)
    await assert.rejects(recordTask(client, task, { timeoutMs: 30 }), errorCode("TIMED_OUT"))
    assert.equal(await findRecord(client, task, { fromBlock: from }), undefined)
    net.chain.mine()
    const found = await findRecord(client, task, { fromBlock: from })
    assert.equal(found?.taskId, toHex(net.record(address, 1).taskId))
  })

  it("finds a record that the owner sped up in the wallet, under another hash", async () => {
    const { net, client, address } = await deployed()
    net.chain.automine = false
    net.chain.intercept = (method) => {
      if (method !== "eth_sendTransaction") return undefined
      net.chain.intercept = undefined
      return (async () => {
        const params = lastParams
        await net.chain.request({ method, params })
        net.chain.mine()
        return `0x${"dd".repeat(32)}`
      })()
    }
    let lastParams: readonly unknown[] = []
    const { request } = net.chain
    net.chain.request = async (call) => {
      lastParams = call.params ?? []
      return await request.call(net.chain, call)
    }
    const task = await contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] })
    assert.equal(task.index, 1)
    assert.notEqual(task.recorded.transactionHash, `0x${"dd".repeat(32)}`)
  })

  it("seals anew for the epoch that opened between key and record", async () => {
    const { net, client, address } = await deployed()
    const task = await contractAt(client, address, ABI).prepare({ fn: "computeRichest", args: [] })
    await submitEnvelope(client, task)
    net.nextEpoch()
    const recorded = await recordTask(client, task)
    assert.equal(recorded.task.keyEpoch, 2)
    assert.notEqual(recorded.task.inputsHash, task.inputsHash)
    const data = abiEncode(["address"], [USER])
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data }), CODE_HASH)
    assert.equal(String(await taskHandle(client, recorded).result()).toLowerCase(), USER)
  })

  it("records without sealing anew while only the epoch before has a statement, which is good enough", async () => {
    const net = new FakeNetwork()
    const given = await deployed(setup({ net }))
    const task = await contractAt(given.client, given.address, ABI).prepare({ fn: "computeRichest", args: [] })
    net.nextEpoch()
    const old = net.statement(given.address, { epoch: 1 })
    const answer = net.answer.bind(net)
    net.answer = (method, params) => (method === "enigma_keyStatement" ? old : answer(method, params))
    assert.equal((await recordTask(given.client, task)).task.keyEpoch, 1)
    net.nextEpoch()
    const late = await contractAt(given.client, given.address, ABI)
      .prepare({ fn: "computeRichest", args: [] })
      .catch((error: unknown) => error)
    assert.ok(errorCode("GATEWAYS_FAILED")(late))
  })

  it("records several at once, in order, with the ids that the chain gives them", async () => {
    const { net, client, address } = await deployed()
    const contract = contractAt(client, address, ABI)
    const tasks = []
    for (let i = 0n; i < 5n; i++) tasks.push(await contract.prepare({ fn: "addMillionaire", args: [USER, i] }))
    for (const task of tasks) await submitEnvelope(client, task)
    const recorded = await recordTasks(client, tasks)
    assert.deepEqual(
      recorded.map(({ index }) => index),
      [1, 2, 3, 4, 5],
    )
    for (const { index, taskId } of recorded) assert.equal(taskId, toHex(net.record(address, index).taskId))
    net.execute(address, 4, () => ({ result: 0, gasUsed: 1n }), CODE_HASH)
    assert.equal(await taskHandle(client, recorded[3]!).result(), undefined)
    await assert.rejects(recordTasks(client, []), errorCode("BAD_OPTION"))
  })

  it("tells apart records of one block, whoever made them, in whatever order", async () => {
    const { net, client, address } = await deployed()
    net.enigma.credit(OTHER, 10n ** 12n)
    const contract = contractAt(client, address, ABI)
    const mine = await contract.prepare({ fn: "computeRichest", args: [] })
    net.chain.automine = false
    // Somebody records our inputs hash first, from the mempool: it is not our task.
    const data = enigmaInterface.encodeFunctionData("recordTask", [address, mine.inputsHash, 1_000_000n | (1n << 48n)])
    await net.chain.request({ method: "eth_sendTransaction", params: [{ from: OTHER, to: ADDRESSES.enigma, data }] })
    const pending = recordTask(client, mine)
    await until(() => net.chain.pending === 2)
    net.chain.mine()
    const recorded = await pending
    assert.equal(recorded.index, 2)
    assert.equal(recorded.taskId, toHex(net.record(address, 2).taskId))
    assert.equal(toHex(recorded.record.sender), USER)
  })

  it("refuses a record whose link the node made up", async () => {
    const { net, client, address } = await deployed()
    const task = await contractAt(client, address, ABI).prepare({ fn: "computeRichest", args: [] })
    const link = SLOT.link(fromHex(address), 1)
    net.chain.intercept = (method, [, slot]) =>
      method === "eth_getStorageAt" && BigInt(slot as string) === link ? `0x${"77".repeat(32)}` : undefined
    await assert.rejects(recordTask(client, task, { timeoutMs: 50 }), { name: "CHAIN_BAD_RESPONSE" })
    net.chain.intercept = undefined
    assert.equal((await findRecord(client, task, { fromBlock: 0 }))?.index, 1)
  })

  it("does not call an account that looks right but that Enigma never recorded", async () => {
    const { net, client, address } = await deployed()
    const clone = net.chain.head.world.code.get(address)!
    net.chain.mine(({ world }) => world.code.set(OTHER, clone))
    const call = contractAt(client, OTHER, ABI).prepare({ fn: "computeRichest", args: [] })
    await assert.rejects(call, errorCode("UNKNOWN_CONTRACT"))
  })

  it("needs a wallet with an account", async () => {
    const net = new FakeNetwork()
    net.chain.accounts = []
    const { client } = setup({ net })
    const deploy = deployContract(client, { code: CODE, abi: ABI, args: [USER] })
    await assert.rejects(deploy, errorCode("NO_SIGNER"))
  })

  it("deploys to the address it foretold, and not twice to one", async () => {
    const { client } = setup()
    const userSalt = new Uint8Array(32).fill(3)
    const one = await deployContract(client, { code: CODE, abi: ABI, args: [USER], userSalt })
    assert.equal(one.userSalt, toHex(userSalt))
    await assert.rejects(
      deployContract(client, { code: CODE, abi: ABI, args: [USER], userSalt }),
      errorCode("ALREADY_DEPLOYED"),
    )
    const again = await deployContract(client, { code: CODE, abi: ABI, args: [USER] })
    assert.notEqual(one.address, again.address)
    const foretold = await predictAddress(client, { deployer: USER, codeHash: again.codeHash })
    assert.equal(again.address, foretold)
    assert.equal(one.codeHash, toHex(CODE_HASH))
    await assert.rejects(
      deployContract(client, { code: new Uint8Array(1_048_577), abi: ABI, args: [USER] }),
      errorCode("CODE_TOO_LARGE"),
    )
  })
})

/** Lets the event loop turn until something is so. */
async function until(so: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (so()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error("it never was so")
}
