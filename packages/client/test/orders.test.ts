import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type Hex, RECORD_FLAG, toHex } from "@enigma-discovery/protocol"
import { BrowserProvider, Wallet } from "ethers"
import { creditOf } from "../src/account.ts"
import { contractAt } from "../src/contract-at.ts"
import { callRelayed, cancelOrders, recordOrder, type SignedOrder, signOrder } from "../src/orders.ts"
import { USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed, errorCode, setup } from "./support/setup.ts"

/** A person with a key and no ETH, and a relayer whose client sends. */
async function scene() {
  const given = await deployed()
  const { net, client: relayer, address } = given
  const provider = new BrowserProvider(net.chain)
  const owner = new Wallet(`0x${"23".repeat(32)}`, provider)
  const signer = owner.address.toLowerCase() as Hex
  net.enigma.credit(signer, 10n ** 10n)
  const { client } = setup({ net, options: { provider: undefined, signer: owner } as never })
  return { ...given, relayer, client, owner, signer, contract: contractAt(client, address, ABI) }
}

describe("relayed orders", () => {
  it("are recorded by somebody else, for a fee, and answered to their signer", async () => {
    const { net, client, relayer, signer, address } = await scene()
    const before = await creditOf(relayer)
    const sends = () => net.chain.calls.filter((method) => /send/i.test(method)).length
    const sent = sends()
    const task = await callRelayed(client, {
      ...{ contract: address, abi: ABI, fn: "computeRichest", args: [], relayerFeeGrains: 77n },
      relay: (order) => recordOrder(relayer, order),
    })
    assert.equal(sends(), sent + 1, "the relayer's, and no other")
    assert.equal(toHex(task.recorded.record.sender), signer)
    assert.equal(task.recorded.record.flags, RECORD_FLAG.RELAYED)
    assert.equal(task.taskId, toHex(net.record(address, 1).taskId))
    assert.equal(await creditOf(relayer), before + 77n)
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data: abiEncode(["address"], [USER]) }), CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  it("get nonces of their own when they are signed at once", async () => {
    const { net, client, relayer, contract, owner, address } = await scene()
    const tasks = await Promise.all([1, 2, 3].map(() => contract.prepare({ fn: "computeRichest", args: [] })))
    const orders = await Promise.all(tasks.map((task) => signOrder(client, task)))
    assert.deepEqual(orders.map(({ order }) => order.nonce).sort(), [0n, 1n, 2n])
    for (const { order } of orders.reverse()) await recordOrder(relayer, order)
    const after = await signOrder(client, await contract.prepare({ fn: "computeRichest", args: [] }))
    assert.equal(after.order.nonce, 3n)
    const reloaded = setup({ net, options: { provider: undefined, signer: owner } as never })
    const later = await contractAt(reloaded.client, address, ABI).prepare({ fn: "computeRichest", args: [] })
    assert.equal((await signOrder(reloaded.client, later)).order.nonce, 3n, "the chain says which are used")
  })

  it("are good once, until their block, unless cancelled, and only as signed", async () => {
    const { net, client, relayer, contract } = await scene()
    const sign = async (validForBlocks = 5): Promise<SignedOrder> =>
      (await signOrder(client, await contract.prepare({ fn: "computeRichest", args: [] }), { validForBlocks })).order
    const refused = async (order: SignedOrder, reason: string) =>
      await assert.rejects(recordOrder(relayer, order), (error: unknown) => {
        assert.equal((error as { data: { error: string } }).data.error, reason)
        return errorCode("RECORD_REVERTED")(error)
      })
    const once = await sign()
    await recordOrder(relayer, once)
    await refused(once, "OrderNonceUnusable")
    await refused({ ...(await sign()), gasLimit: 4_999_999n }, "OrderSignatureInvalid")
    await refused({ ...(await sign()), relayerFeeGrains: 10n ** 6n }, "OrderSignatureInvalid")
    const late = await sign(1)
    net.chain.mine()
    net.chain.mine()
    await refused(late, "OrderExpired")
    const dropped = await sign()
    net.enigma.cancelOrder(dropped.signer, dropped.nonce)
    await refused(dropped, "OrderNonceUnusable")
  })

  it("run out after 64, and say so", async () => {
    const { client, contract, signer } = await scene()
    const task = await contract.prepare({ fn: "computeRichest", args: [] })
    for (let i = 0; i < 64; i++) await signOrder(client, task)
    await assert.rejects(signOrder(client, task), errorCode("ORDER_NONCES_USED_UP"))
    assert.ok(signer)
  })

  it("are sealed anew for a new epoch before they are signed", async () => {
    const { net, client, contract } = await scene()
    const task = await contract.prepare({ fn: "computeRichest", args: [] })
    net.nextEpoch()
    const signed = await signOrder(client, task)
    assert.equal(signed.order.keyEpoch, 2)
    assert.equal(signed.order.inputsHash, signed.task.inputsHash)
    assert.notEqual(signed.task.inputsHash, task.inputsHash)
  })

  it("end with the relayer's failure, and time out when it does nothing", async () => {
    const { client, address } = await scene()
    const call = { contract: address, abi: ABI, fn: "computeRichest", args: [] } as const
    const broken = callRelayed(client, { ...call, relay: () => Promise.reject(new Error("relayer is down")) })
    await assert.rejects(broken, { message: "relayer is down" })
    await assert.rejects(callRelayed(client, { ...call, relay: async () => {}, timeoutMs: 20 }), errorCode("TIMED_OUT"))
  })

  it("can be cancelled by their signer", async () => {
    const { net, client: _, relayer } = await scene()
    await cancelOrders(relayer, { nonces: [4n] })
    await assert.rejects(cancelOrders(relayer, { nonces: [4n] }), errorCode("RECORD_REVERTED"))
    assert.ok(net)
  })
})
