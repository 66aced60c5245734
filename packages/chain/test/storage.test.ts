import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { bigintToBytes, equalBytes, toHex } from "@enigma-discovery/protocol"
import {
  epochStateClaim,
  hostTrust,
  openChainProof,
  queueClaim,
  readFetched,
  readProven,
  SLOT,
  verifyErrors,
} from "@enigma-discovery/verify"
import { chainErrors } from "../src/errors.ts"
import {
  type BlockHeader,
  chainProof,
  collectProof,
  latestBlock,
  parseBlock,
  proveClaim,
  readBlock,
  readBlockByHash,
  readClaim,
  readQueue,
  readStorageProof,
  rpcOfEip1193,
} from "../src/follow.ts"
import { deployEcho, type LocalChain, localChain } from "./support/local-chain.ts"

const CONTRACT = new Uint8Array(20).fill(0xc0)

describe("blocks and storage", () => {
  let chain: LocalChain
  let enigma: Uint8Array
  let block: BlockHeader
  before(async () => {
    chain = await localChain()
    enigma = await deployEcho(chain)
    const put = (slot: bigint, value: bigint) =>
      chain.request("hardhat_setStorageAt", toHex(enigma), `0x${slot.toString(16)}`, toHex(bigintToBytes(value, 32)))
    await put(SLOT.epochState(), 7n | (5n << 32n) | (4n << 80n) | (3n << 128n) | (2n << 152n))
    await put(SLOT.queueCounters(CONTRACT), 9n | (4n << 32n))
    await put(SLOT.queueHead(CONTRACT), 0xabcdn)
    await chain.mine()
    block = await latestBlock(chain.rpc)
  })
  after(() => chain.close())

  it("makes the header's bytes from the node's fields, and checks the hash", async () => {
    const again = await readBlockByHash(chain.rpc, block.hash)
    assert.deepEqual(again, block)
    assert.equal(await readBlock(chain.rpc, block.number + 10), undefined)
    const fields = (await chain.request("eth_getBlockByNumber", "latest", false)) as Record<string, unknown>
    for (const name of ["stateRoot", "timestamp", "miner", "requestsHash", "baseFeePerGas"] as const) {
      const value = String(fields[name])
      const changed = `${value.slice(0, -1)}${value.endsWith("1") ? "2" : "1"}`
      assert.throws(
        () => parseBlock({ ...fields, [name]: changed }),
        (error) => verifyErrors.is(error),
        name,
      )
    }
    const { stateRoot: _, ...without } = fields
    assert.throws(
      () => parseBlock(without),
      (error) => verifyErrors.is(error, "HEADER_FIELD"),
    )
  })

  const counted = () => {
    let requests = 0
    const rpc = rpcOfEip1193({
      request: ({ method, params }) => {
        requests++
        return chain.rpc.request(method, params ?? [])
      },
    })
    return { rpc, requests: () => requests }
  }

  it("reads views by eth_getStorageAt", async () => {
    const state = await readClaim(chain.rpc, enigma, epochStateClaim(), block)
    assert.equal(state.epoch, 7)
    assert.equal(state.workerCount, 3)
    const queue = await readQueue({ rpc: chain.rpc, enigma, block }, CONTRACT)
    assert.deepEqual([queue.submitted, queue.committed], [9, 4])
    assert.ok(equalBytes(queue.head, bigintToBytes(0xabcdn, 32)))
  })

  it("proves a claim so that the enclave's own check accepts it", async () => {
    const epoch = await proveClaim(chain.rpc, enigma, epochStateClaim(), block)
    const queue = await proveClaim(chain.rpc, enigma, queueClaim(CONTRACT), block)
    const proof = chainProof(block.rlp, 0, [], [...epoch.nodes, ...queue.nodes])
    const view = openChainProof(proof, enigma, hostTrust)
    assert.equal(view.header.number, BigInt(block.number))
    assert.deepEqual(readProven(epochStateClaim(), view), epoch.value)
    assert.deepEqual(readProven(queueClaim(CONTRACT), view), queue.value)
    const without = openChainProof(chainProof(block.rlp, 0, [], epoch.nodes), enigma, hostTrust)
    assert.throws(
      () => readProven(queueClaim(CONTRACT), without),
      (error) => verifyErrors.is(error, "PROOF_INCOMPLETE"),
    )
  })

  it("asks for many slots in portions", async () => {
    const { rpc, requests } = counted()
    const slots = Array.from({ length: 600 }, (_, i) => BigInt(i))
    const { values } = await readStorageProof(rpc, enigma, slots, block)
    assert.equal(values.length, 600)
    assert.equal(requests(), 3)
  })

  it("asks once for what was expected, and a wrong guess changes nothing but the nodes", async () => {
    const both = async (expected: readonly bigint[]) => {
      const { rpc, requests } = counted()
      const collector = collectProof(rpc, enigma, block, undefined, expected)
      const values = [
        (await readFetched(epochStateClaim(), collector.fetchWords)).value,
        (await readFetched(queueClaim(CONTRACT), collector.fetchWords)).value,
      ]
      const view = openChainProof(chainProof(block.rlp, 0, [], collector.nodes()), enigma, hostTrust)
      assert.deepEqual([readProven(epochStateClaim(), view), readProven(queueClaim(CONTRACT), view)], values)
      return { values, requests: requests(), slots: collector.slots() }
    }
    const first = await both([])
    assert.ok(first.requests >= 2)
    assert.deepEqual(await both(first.slots), { ...first, requests: 1 })
    assert.deepEqual(await both([999n, 998n]), first)
    assert.deepEqual(await both(Array.from({ length: 257 }, (_, i) => BigInt(i))), first)
  })

  it("refuses answers that are no proof of what was asked", async () => {
    const lie = (change: (answer: Record<string, unknown>) => unknown) =>
      rpcOfEip1193({
        request: async ({ method, params }) => change((await chain.rpc.request(method, params ?? [])) as never),
      })
    const other = lie((answer) => ({
      ...answer,
      storageProof: [{ ...(answer.storageProof as object[])[0], key: "0x99" }],
    }))
    const none = lie((answer) => ({ ...answer, storageProof: [] }))
    const huge = lie((answer) => ({ ...answer, accountProof: [`0x${"00".repeat(5_000)}`] }))
    for (const rpc of [other, none, huge])
      await assert.rejects(readStorageProof(rpc, enigma, [1n], block), (error) => chainErrors.is(error, "BAD_RESPONSE"))
  })
})
