import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import { toHex } from "@enigma-discovery/protocol"
import { chainErrors } from "../src/errors.ts"
import {
  type Cursor,
  createFollower,
  decodeCursor,
  encodeCursor,
  type FollowUpdate,
  rpcOfEip1193,
} from "../src/follow.ts"
import { deployEcho, echo, FUNDED_ADDRESS, type LocalChain, localChain } from "./support/local-chain.ts"

const topic = (n: number) => `0x${n.toString(16).padStart(64, "0")}`

describe("follower", () => {
  let chain: LocalChain
  let address: Uint8Array
  let start: string
  before(async () => {
    chain = await localChain()
    address = await deployEcho(chain)
    start = (await chain.request("evm_snapshot")) as string
  })
  after(() => chain.close())
  beforeEach(async () => {
    await chain.request("evm_revert", start)
    start = (await chain.request("evm_snapshot")) as string
  })

  const emit = (n: number) =>
    chain.request("eth_sendTransaction", { from: FUNDED_ADDRESS, to: toHex(address), data: toHex(echo([topic(n)])) })

  /** What a consumer that obeys the updates holds: event numbers by block. */
  function consumer() {
    let seen: { block: number; n: number }[] = []
    let cursor: Cursor = []
    const updates: FollowUpdate[] = []
    const handle = async (update: FollowUpdate) => {
      updates.push(update)
      if (update.type === "rollback") seen = seen.filter((entry) => entry.block <= (update.to?.number ?? -1))
      else
        for (const block of update.blocks)
          for (const log of block.logs) seen.push({ block: block.number, n: Number(BigInt(toHex(log.topics[0]!))) })
      cursor = decodeCursor(encodeCursor(update.cursor))
    }
    return { handle, updates, numbers: () => seen.map((entry) => entry.n), cursor: () => cursor }
  }

  const follower = (to: ReturnType<typeof consumer>, options: Partial<Parameters<typeof createFollower>[0]> = {}) =>
    createFollower({
      rpc: chain.rpc,
      chainId: chain.chainId,
      address,
      fromBlock: 0,
      cursor: to.cursor(),
      confirmations: 0,
      rangeBlocks: 40,
      handle: to.handle,
      ...options,
    })

  it("hands over every log once, in order, and nothing when nothing is new", async () => {
    const to = consumer()
    const f = follower(to)
    await emit(1)
    await emit(2)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1, 2])
    const count = to.updates.length
    await f.catchUp()
    assert.equal(to.updates.length, count)
    await emit(3)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1, 2, 3])
    assert.equal(f.status().caughtUp, true)
  })

  it("reads a long past in bounded ranges", async () => {
    await emit(1)
    await chain.mine(100)
    await emit(2)
    await chain.mine(80)
    await emit(3)
    const asked: number[] = []
    const rpc = rpcOfEip1193({
      request: ({ method, params }) => {
        const filter = params?.[0] as { fromBlock?: string; toBlock?: string }
        if (method === "eth_getLogs" && filter.fromBlock !== undefined)
          asked.push(Number(filter.toBlock) - Number(filter.fromBlock) + 1)
        return chain.rpc.request(method, params ?? [])
      },
    })
    const to = consumer()
    await follower(to, { rpc }).catchUp()
    assert.deepEqual(to.numbers(), [1, 2, 3])
    assert.ok(asked.length >= 3 && Math.max(...asked) <= 40, `ranges ${asked}`)
  })

  it("goes on from a stored cursor", async () => {
    const to = consumer()
    await emit(1)
    await follower(to).catchUp()
    await emit(2)
    await follower(to).catchUp()
    assert.deepEqual(to.numbers(), [1, 2])
  })

  it("undoes what a re-org removed, by parent hash alone", async () => {
    const to = consumer()
    const f = follower(to)
    await emit(1)
    await f.catchUp()
    const snapshot = await chain.request("evm_snapshot")
    await emit(2)
    await emit(3)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1, 2, 3])
    await chain.request("evm_revert", snapshot)
    await emit(4)
    await emit(5)
    await emit(6)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1, 4, 5, 6])
  })

  it("notices a re-org to a branch of the same length, and to a shorter one", async () => {
    const to = consumer()
    const f = follower(to)
    const snapshot = await chain.request("evm_snapshot")
    await emit(1)
    await emit(2)
    await f.catchUp()
    await chain.request("evm_revert", snapshot)
    const again = await chain.request("evm_snapshot")
    await emit(3)
    await emit(4)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [3, 4])
    await chain.request("evm_revert", again)
    await emit(5)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [5])
  })

  it("holds back blocks without enough confirmations", async () => {
    const to = consumer()
    const f = follower(to, { confirmations: 2 })
    await emit(1)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [])
    await chain.mine(2)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1])
  })

  it("loses nothing when the consumer or the node fails in between", async () => {
    const to = consumer()
    let failing = 0
    const rpc = rpcOfEip1193({
      request: ({ method, params }) => {
        if (failing > 0 && failing-- === 1) throw new Error("connection refused")
        return chain.rpc.request(method, params ?? [])
      },
    })
    const f = follower(to, { rpc })
    await emit(1)
    for (let i = 1; i < 8; i++) {
      failing = i
      await f.catchUp().catch((error) => assert.ok(chainErrors.is(error, "RPC_UNREACHABLE")))
    }
    failing = 0
    await emit(2)
    await f.catchUp()
    assert.deepEqual(to.numbers(), [1, 2])
  })

  it("refuses a chain whose blocks do not name each other as parents, and handles none of them", async () => {
    const to = consumer()
    const f = follower(to)
    await emit(1)
    await f.catchUp()
    await chain.request("hardhat_mine", "0x10")
    await assert.rejects(f.catchUp(), (error) => chainErrors.is(error, "BAD_RESPONSE"))
    assert.deepEqual(to.numbers(), [1])
  })

  it("refuses another chain, also when it appears after a failure", async () => {
    const to = consumer()
    await assert.rejects(follower(to, { chainId: 5n }).catchUp(), (error) => chainErrors.is(error, "WRONG_CHAIN"))
  })

  it("refuses a log of another address", async () => {
    await emit(1)
    const other = `0x${"77".repeat(20)}`
    const rpc = rpcOfEip1193({
      request: async ({ method, params }) => {
        const answer = await chain.rpc.request(method, params ?? [])
        return method === "eth_getLogs" ? (answer as object[]).map((log) => ({ ...log, address: other })) : answer
      },
    })
    await assert.rejects(follower(consumer(), { rpc }).catchUp(), (error) => chainErrors.is(error, "BAD_RESPONSE"))
  })
})
