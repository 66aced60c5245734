import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { EthereumProvider, RequestArguments } from "hardhat/types/providers"
import { ChainReads } from "../src/network/chain-reads.ts"

/** A chain that counts what it is asked, and whose head moves with each change. */
class Chain {
  asked = 0
  head = 1
  readonly request = (async ({ method }: RequestArguments) => {
    this.asked++
    if (method === "eth_getProof") throw new Error("no such block")
    return this.head
  }) as EthereumProvider["request"]
}

const block = { method: "eth_getBlockByNumber", params: ["latest", false] }

describe("what the network has read of the chain", () => {
  it("is asked once between two changes, whoever made the change", async () => {
    const [chain, reads] = [new Chain(), new ChainReads(true)]
    const read = () => reads.answer(block, chain.request)
    assert.deepEqual(await Promise.all([read(), read()]), [1, 1])
    assert.equal(await read(), 1)
    assert.equal(chain.asked, 1)
    for (const method of ["eth_sendTransaction", "evm_revert", "hardhat_setStorageAt", "anything_new"]) {
      await reads.passing(method, async () => ++chain.head)
      assert.equal(await read(), chain.head, method)
    }
    assert.equal(chain.asked, 5)
    for (const method of ["eth_call", "eth_getTransactionReceipt"]) await reads.passing(method, async () => 0)
    await read()
    assert.equal(chain.asked, 5)
  })

  it("is not kept when it was read while a change was under way, even one that fails", async () => {
    const [chain, reads] = [new Chain(), new ChainReads(true)]
    const read = () => reads.answer(block, chain.request)
    assert.equal(await read(), 1)
    const changing = reads.passing("evm_mine", async () => {
      chain.head = 2
      assert.equal(await read(), 2)
      chain.head = 3
      throw new Error("and yet it failed")
    })
    await assert.rejects(changing)
    assert.equal(await read(), 3)
  })

  it("tells blocks, words and pending ones apart, and asks again after an error", async () => {
    const [chain, reads] = [new Chain(), new ChainReads(true)]
    const word = (slot: string, at: string) =>
      reads.answer({ method: "eth_getStorageAt", params: ["0x1", slot, at] }, chain.request)
    await Promise.all([word("0x0", "0x1"), word("0x1", "0x1"), word("0x0", "0x2")])
    assert.equal(chain.asked, 3)
    await word("0x0", "pending")
    await word("0x0", "pending")
    assert.equal(chain.asked, 5)
    const proof = () => reads.answer({ method: "eth_getProof", params: [] }, chain.request)
    await assert.rejects(proof)
    await assert.rejects(proof)
    assert.equal(chain.asked, 7)
  })

  it("is not kept where blocks come by themselves", async () => {
    for (const reads of [new ChainReads(false), new ChainReads(true)]) {
      const chain = new Chain()
      await reads.passing("evm_setIntervalMining", async () => true)
      await reads.answer(block, chain.request)
      await reads.answer(block, chain.request)
      assert.equal(chain.asked, 2)
    }
  })
})
