import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import { type BlockHeader, chainErrors, latestBlock, readBlock } from "@enigma-discovery/chain/follow"
import { addressOfSigningKey, recoverAddress } from "@enigma-discovery/crypto"
import { type HeaderAttestation, toHex } from "@enigma-discovery/protocol"
import { parseBlockHeader, witnessDigest } from "@enigma-discovery/verify"
import { nodeErrors } from "../src/errors.ts"
import type { ByteStore } from "../src/store/byte-store.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { createHeadChain } from "../src/witness/head-chain.ts"
import { BACKFILL_BLOCKS, createWitness } from "../src/witness/witness.ts"
import { createWitnessSigner, KEPT_HEIGHTS } from "../src/witness/witness-signer.ts"
import { type EpochsChain, startEpochsChain } from "./support/epochs-chain.ts"
import { WITNESS } from "./support/trust.ts"

const DEPTH = 2
const isConflict = (error: unknown) => nodeErrors.is(error, "WITNESS_CONFLICT")

describe("witness", () => {
  let chain: EpochsChain
  let store: ByteStore
  before(async () => {
    chain = await startEpochsChain({ epochLengthBlocks: 10, openWindowBlocks: 9 })
    await chain.mine(20)
  })
  after(() => chain.close())
  beforeEach(() => {
    store = memoryStore()
  })

  const signerOf = (over: ByteStore = store) =>
    createWitnessSigner({ secretKey: WITNESS, chainId: 31_337n, depth: DEPTH, store: over })
  const blocks = (from: number, to: number): Promise<BlockHeader[]> =>
    Promise.all(Array.from({ length: to - from + 1 }, async (_, i) => (await readBlock(chain.rpc, from + i))!))
  const start = (over: ByteStore = store, depth = DEPTH) => {
    const told: HeaderAttestation[] = []
    const signer = createWitnessSigner({ secretKey: WITNESS, chainId: 31_337n, depth, store: over })
    const witness = createWitness({ rpc: chain.rpc, signer, depth, fromBlock: 0, publish: (a) => told.push(a) })
    return { told, look: () => witness.look(), witness }
  }
  const numbers = (told: readonly HeaderAttestation[], confirmations: number) =>
    told.filter((a) => a.confirmations === confirmations).map((a) => Number(parseBlockHeader(a.header).number))
  /** Runs `work` on a branch of its own: the chain is put back afterwards. */
  async function onBranch(work: () => Promise<void>): Promise<void> {
    const snapshot = await chain.request("evm_snapshot")
    try {
      await work()
    } finally {
      await chain.request("evm_revert", snapshot)
    }
  }
  it("signs each new block at depth and the head at once, and nothing twice", async () => {
    const { told, look } = start()
    await look()
    const head = await chain.head()
    assert.deepEqual(
      numbers(told, DEPTH),
      Array.from({ length: head - DEPTH + 1 }, (_, i) => i),
    )
    assert.deepEqual(numbers(told, 0), [head])
    told.length = 0
    await look()
    assert.deepEqual(told, [])
    await chain.mine(3)
    await look()
    assert.deepEqual(numbers(told, DEPTH), [head - 1, head, head + 1])
    assert.deepEqual(numbers(told, 0), [head + 3])
    for (const { header, confirmations, signature } of told) {
      const digest = witnessDigest(31_337n, parseBlockHeader(header), confirmations)
      assert.deepEqual(recoverAddress(digest, signature), addressOfSigningKey(WITNESS.reveal()))
    }
  })

  it("reaches back far enough for an epoch's opening, also after a leap of the chain", async () => {
    const { told, look } = start()
    await look()
    told.length = 0
    const before = await chain.head()
    await chain.mine(40)
    await look()
    assert.deepEqual(numbers(told, DEPTH).slice(0, 2), [before - 1, before])
    assert.equal(numbers(told, DEPTH).length, 40)
    assert.ok(BACKFILL_BLOCKS >= 250)
  })

  it("signs the same bytes after a restart", async () => {
    const first = start()
    await first.look()
    const second = start()
    await second.look()
    assert.deepEqual(second.told, first.told)
  })

  it("follows a re-org above its depth", async () => {
    const { told, look } = start()
    await onBranch(async () => {
      await chain.mine(2)
      await look()
    })
    await chain.request("hardhat_mine", "0x1", "0x64")
    await chain.mine(3)
    told.length = 0
    await look()
    const canonical = new Map((await blocks(0, await chain.head())).map((b) => [b.number, toHex(b.hash)]))
    for (const { header } of told) {
      const { number, hash } = parseBlockHeader(header)
      assert.equal(toHex(hash), canonical.get(Number(number)))
    }
  })

  it("signs nothing when the chain re-organised below its depth: in this run, after a restart, and far below", async () => {
    const running = start()
    await onBranch(async () => {
      await chain.request("evm_increaseTime", 1_000)
      await chain.mine(DEPTH + 1)
      await running.look()
    })
    await chain.mine(DEPTH + 2)
    running.told.length = 0
    await assert.rejects(running.look(), isConflict)
    const restarted = start()
    await assert.rejects(restarted.look(), isConflict)
    await assert.rejects(restarted.look(), isConflict, "and again")
    await chain.mine(DEPTH + BACKFILL_BLOCKS + 5)
    const later = start()
    await assert.rejects(later.look(), isConflict, "what it signed is below all it looks at")
    assert.deepEqual([...running.told, ...restarted.told, ...later.told], [])
  })

  it("waits for a node that is behind what it signed", async () => {
    await onBranch(async () => {
      await chain.mine(5)
      await start().look()
    })
    const { told, look } = start()
    await assert.doesNotReject(look())
    assert.ok(told.length > 0, "blocks it had signed before are still the chain's")
  })

  it("vouches for depth 0 once a height", async () => {
    const { told, look } = start(store, 0)
    await look()
    const head = await chain.head()
    assert.equal(numbers(told, 0).filter((n) => n === head).length, 1)
    await onBranch(async () => {
      await chain.mine()
      await look()
    })
    await chain.request("evm_increaseTime", 1_000)
    await chain.mine(2)
    await assert.rejects(look(), isConflict)
  })

  it("does not link blocks that are not each other's parents", async () => {
    let foreign: unknown
    await onBranch(async () => {
      await chain.request("evm_increaseTime", 1_000)
      await chain.mine()
      foreign = await chain.request("eth_getBlockByNumber", "latest", false)
    })
    await chain.mine(3)
    const { number } = foreign as { number: string }
    const lying = {
      request: (method: string, params: readonly unknown[]) =>
        params[0] === number ? Promise.resolve(foreign) : chain.rpc.request(method, params),
    }
    const head = createHeadChain({ rpc: lying, keep: 10, fromBlock: 0 })
    await assert.rejects(head.advance(), (error) => chainErrors.is(error, "BLOCK_NOT_FOUND"))
  })

  it("keeps as many blocks as asked, linked, from the first wanted on", async () => {
    const newest = await latestBlock(chain.rpc)
    const all = await createHeadChain({ rpc: chain.rpc, keep: 7, fromBlock: 0 }).advance()
    assert.equal(all.length, 7)
    assert.deepEqual(all.at(-1)?.hash, newest.hash)
    const some = await createHeadChain({ rpc: chain.rpc, keep: 1_000, fromBlock: newest.number - 3 }).advance()
    assert.deepEqual(
      some.map(({ number }) => number),
      [3, 2, 1, 0].map((back) => newest.number - back),
    )
  })

  describe("signer", () => {
    it("has written what it signs before a signature leaves", async () => {
      const failing: ByteStore = { ...memoryStore(), write: () => Promise.reject(new Error("disk full")) }
      await assert.rejects(signerOf(failing).signDeep(await blocks(1, 3)))
      assert.equal(await signerOf().highest(), undefined)
      await signerOf().signDeep(await blocks(1, 3))
      assert.equal((await signerOf().highest())?.number, 3)
    })

    it("signs no second hash for a height, and no block beside the branch it signed", async () => {
      const [b4, b5, b6] = await blocks(4, 6)
      await signerOf().signDeep([b4!, b5!])
      const other = { ...b5!, hash: new Uint8Array(32).fill(5) }
      await assert.rejects(signerOf().signDeep([other]), isConflict)
      await assert.rejects(signerOf().signDeep([b4!, other]), isConflict)
      await assert.rejects(signerOf().signDeep([{ ...b6!, parentHash: other.hash }]), isConflict)
      assert.equal((await signerOf().highest())?.number, 5, "nothing of a refused request is kept")
      assert.equal((await signerOf().signDeep([b6!])).length, 1)
    })

    it("forgets heights far below, and signs none of them again", async () => {
      const [b1] = await blocks(1, 1)
      await signerOf().signDeep([b1!])
      const far = { ...b1!, number: 1 + KEPT_HEIGHTS, hash: new Uint8Array(32).fill(9) }
      await signerOf().signDeep([far])
      assert.deepEqual(await signerOf().signDeep([b1!]), [])
      assert.deepEqual(await signerOf().signDeep([{ ...b1!, hash: new Uint8Array(32) }]), [])
    })
  })

  it("reports a node that does not answer, and goes on with the next look", async () => {
    let broken = true
    const rpc = {
      request: (method: string, params: readonly unknown[]) =>
        broken ? Promise.reject(chainErrors.make("RPC_UNREACHABLE", { method })) : chain.rpc.request(method, params),
    }
    const told: HeaderAttestation[] = []
    const witness = createWitness({ rpc, signer: signerOf(), depth: DEPTH, fromBlock: 0, publish: (a) => told.push(a) })
    await assert.rejects(witness.look(), (error) => chainErrors.is(error, "RPC_UNREACHABLE"))
    broken = false
    await witness.look()
    assert.ok(told.length > 0)
  })
})
