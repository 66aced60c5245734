import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { toHex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import { contractAt } from "../src/contract-at.ts"
import { USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed } from "./support/setup.ts"

const iface = new Interface(ABI as never)

describe("callContract", () => {
  it("deploys, calls, decodes, proves: the whole way", async () => {
    const { net, client, address, deployment } = await deployed()
    assert.equal(await deployment.result(), undefined)
    const contract = contractAt(client, address, ABI)
    const task = await contract.call({ fn: "addMillionaire", args: [USER, 42n] })
    assert.equal(task.index, 1)
    assert.equal(task.state, "recorded")
    assert.equal(task.taskId, toHex(net.record(address, 1).taskId))
    const seen = net.execute(address, 1, () => ({ result: 0, gasUsed: 900n }), CODE_HASH)
    assert.equal(toHex(seen.calldata), iface.encodeFunctionData("addMillionaire", [USER, 42n]))
    assert.equal(await task.result(), undefined)
    const richest = await contract.call({ fn: "computeRichest", args: [] })
    net.execute(address, 2, () => ({ result: 0, gasUsed: 5n, data: abiEncode(["address"], [USER]) }), CODE_HASH)
    const who: `0x${string}` = await richest.result()
    assert.equal(who.toLowerCase(), USER)
    net.commit(address, 3)
    const receipt = await richest.receipt()
    assert.equal(receipt.status, "Success")
    assert.equal(receipt.toIndex, 3)
    assert.equal(richest.state, "committed")
    assert.equal((await richest.outcome({ finality: "committed" })).finality, "committed")
  })

  it("decodes structs and lists by the ABI", async () => {
    const { net, client, address } = await deployed()
    const task = await contractAt(client, address, ABI).call({ fn: "top", args: [2] })
    const data = abiEncode(
      ["tuple(address,uint256)[]", "uint256"],
      [
        [
          [USER, 7n],
          [address, 8n],
        ],
        15n,
      ],
    )
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data }), CODE_HASH)
    const [list, total] = await task.result()
    assert.equal(total, 15n)
    assert.deepEqual(
      list.map(({ who, worth }) => [who.toLowerCase(), worth]),
      [
        [USER, 7n],
        [address, 8n],
      ],
    )
  })
})
