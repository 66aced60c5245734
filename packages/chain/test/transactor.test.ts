import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { addressOfSigningKey } from "@enigma-discovery/crypto"
import { fromHex, toHex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import { chainErrors } from "../src/errors.ts"
import { type ChainRpc, rpcOfEip1193 } from "../src/follow.ts"
import { decodeLedgerEntry } from "../src/ledger.ts"
import { createTransactor, type LedgerStore, memoryLedger, type TransactionRequest } from "../src/transact.ts"
import { deployEcho, echo, echoRevert, FUNDED_KEY, type LocalChain, localChain } from "./support/local-chain.ts"

const errors = new Interface(["error TooEarly(uint256 until)"])
const topic = (n: number) => `0x${n.toString(16).padStart(64, "0")}`

describe("transactor", () => {
  let chain: LocalChain
  let to: Uint8Array
  before(async () => {
    chain = await localChain({ automine: false })
    to = await deployEcho(chain)
  })
  after(() => chain.close())

  /** A transactor whose watch turns only when the test says so. */
  function setUp(options: { store?: LedgerStore; rpc?: ChainRpc; depth?: number; capWei?: bigint } = {}) {
    const turns: (() => void)[] = []
    const failures: unknown[] = []
    const transactor = createTransactor({
      rpc: options.rpc ?? chain.rpc,
      chainId: chain.chainId,
      secretKey: () => FUNDED_KEY,
      store: options.store ?? memoryLedger(),
      depth: options.depth ?? 1,
      pollMs: 1,
      fees: { bumpAfterBlocks: 2, ...(options.capWei === undefined ? {} : { capWei: options.capWei }) },
      sleep: (_, signal) =>
        new Promise((resolve) => {
          turns.push(resolve)
          signal.addEventListener("abort", () => resolve())
        }),
      onError: (error) => failures.push(error),
    })
    /** Lets the watch look once and waits until it sleeps again, or has nothing left to watch. */
    const turn = async () => {
      await until(() => turns.length > 0 || transactor.pending().length === 0)
      turns.shift()?.()
      await until(() => turns.length > 0 || transactor.pending().length === 0)
    }
    return { transactor, turn, failures }
  }

  const request = (id: string, n: number, more: Partial<TransactionRequest> = {}): TransactionRequest => ({
    id,
    to,
    data: echo([topic(n)]),
    method: "echo",
    abis: [errors],
    ...more,
  })

  it("sends, and tells what was mined", async () => {
    const { transactor, turn } = setUp()
    const sent = transactor.send(request("a", 7))
    await until(() => transactor.pending().length === 1)
    await chain.mine()
    await turn()
    const mined = await sent
    assert.equal(mined.succeeded, true)
    assert.equal(toHex(mined.logs[0]!.topics[0]!), topic(7))
    await chain.mine()
    await turn()
    assert.deepEqual(transactor.pending(), [])
    await transactor.stop()
  })

  it("says the contract's own error before anything is sent", async () => {
    const { transactor } = setUp()
    const data = echoRevert(errors.encodeErrorResult("TooEarly", [42n]))
    await assert.rejects(transactor.send(request("a", 1, { data })), (error) => {
      assert.ok(chainErrors.is(error, "REVERTED"))
      assert.equal(error.data.error, "TooEarly(42)")
      return true
    })
    assert.deepEqual(transactor.pending(), [])
    await transactor.stop()
  })

  it("is one transaction an id, however often it is asked for", async () => {
    const { transactor, turn } = setUp()
    const [a, b] = [transactor.send(request("same", 1)), transactor.send(request("same", 1))]
    await until(() => transactor.pending().length > 0)
    assert.equal(transactor.pending().length, 1)
    const late = transactor.send(request("same", 1))
    await chain.mine()
    await turn()
    const hashes = (await Promise.all([a, b, late])).map((mined) => toHex(mined.hash))
    assert.equal(new Set(hashes).size, 1)
    await transactor.stop()
  })

  it("gives many at once distinct nonces, and keeps a lane to one in flight", async () => {
    const { transactor, turn } = setUp()
    const free = [1, 2, 3].map((n) => transactor.send(request(`free ${n}`, n)))
    const laned = [1, 2].map((n) => transactor.send(request(`lane ${n}`, n, { lane: "commit" })))
    await until(() => transactor.pending().length === 4)
    assert.equal(new Set(transactor.pending().map((p) => p.nonce)).size, 4)
    await chain.mine()
    await turn()
    await Promise.all([...free, laned[0]])
    await until(() => transactor.pending().some((p) => p.id === "lane 2"))
    await chain.mine()
    await turn()
    await laned[1]
    await transactor.stop()
  })

  it("raises the fee of what is not mined, and the raised one takes its place", async () => {
    const { transactor, turn } = setUp()
    const sent = transactor.send(request("slow", 1))
    await until(() => transactor.pending()[0]?.attempts === 1)
    await dropAndMine(2)
    await turn()
    assert.equal(transactor.pending()[0]?.attempts, 2)
    await chain.mine()
    await turn()
    assert.equal((await sent).succeeded, true)
    await transactor.stop()
  })

  it("sends the same bytes again when the node lost them", async () => {
    const { transactor, turn } = setUp()
    const sent = transactor.send(request("lost", 1))
    await until(() => transactor.pending()[0]?.attempts === 1)
    await dropAndMine(1)
    await turn()
    assert.equal(transactor.pending()[0]?.attempts, 1)
    await chain.mine()
    await turn()
    await sent
    await transactor.stop()
  })

  it("goes on after a crash with what the ledger holds, without sending anything twice", async () => {
    const store = memoryLedger()
    const first = setUp({ store })
    const forgotten = first.transactor.send(request("crash", 1))
    await until(() => first.transactor.pending().length === 1)
    await first.transactor.stop()
    await assert.rejects(forgotten, (error) => chainErrors.is(error, "STOPPED"))
    const [raw] = await store.all()
    const { hash } = decodeLedgerEntry(raw!).attempts[0]!

    const second = setUp({ store })
    await second.transactor.start()
    const joined = second.transactor.send(request("crash", 1))
    await chain.mine()
    await second.turn()
    assert.equal(toHex((await joined).hash), toHex(hash))
    await second.transactor.stop()
  })

  it("sends again what a re-org took out, while it is not buried", async () => {
    const { transactor, turn } = setUp({ depth: 3 })
    const snapshot = await chain.request("evm_snapshot")
    const sent = transactor.send(request("reorg", 9))
    await until(() => transactor.pending().length === 1)
    await chain.mine()
    await turn()
    const { hash } = await sent
    await chain.request("evm_revert", snapshot)
    await chain.mine()
    await turn()
    await chain.mine()
    await turn()
    const receipt = await chain.request("eth_getTransactionReceipt", toHex(hash))
    assert.notEqual(receipt, null)
    await transactor.stop()
  })

  it("frees the nonce of what has passed its last useful block", async () => {
    const { transactor, turn } = setUp()
    const block = Number(await chain.request("eth_blockNumber"))
    const sent = transactor.send(request("late", 1, { deadlineBlock: block + 1 }))
    await until(() => transactor.pending().length === 1)
    const { nonce } = transactor.pending()[0]!
    await dropAndMine(2)
    await turn()
    await assert.rejects(sent, (error) => chainErrors.is(error, "DEADLINE_PASSED"))
    await chain.mine()
    assert.equal(Number(await chain.request("eth_getTransactionCount", account, "latest")), nonce + 1)
    await transactor.stop()
  })

  it("keeps what may or may not have reached the node, and sends it again", async () => {
    let cut = false
    const rpc = rpcOfEip1193({
      request: ({ method, params }) => {
        if (cut && method === "eth_sendRawTransaction") throw new Error("connection reset")
        return chain.rpc.request(method, params ?? [])
      },
    })
    const { transactor, turn } = setUp({ rpc })
    cut = true
    const sent = transactor.send(request("cut", 1))
    await until(() => transactor.pending().length === 1)
    cut = false
    await turn()
    await chain.mine()
    await turn()
    assert.equal((await sent).succeeded, true)
    await transactor.stop()
  })

  it("tells when somebody else used the nonce", async () => {
    const { transactor, turn } = setUp()
    const sent = transactor.send(request("taken", 1))
    await until(() => transactor.pending().length === 1)
    const [hash] = (await pendingHashes()) as [string]
    await chain.request("hardhat_dropTransaction", hash)
    await chain.request("eth_sendTransaction", { from: account, to: account })
    await chain.mine()
    await turn()
    await assert.rejects(sent, (error) => chainErrors.is(error, "NONCE_TAKEN"))
    await transactor.stop()
  })

  it("refuses above the fee cap, and refuses a foreign chain", async () => {
    const { transactor } = setUp({ capWei: 1n })
    await assert.rejects(transactor.send(request("dear", 1)), (error) => chainErrors.is(error, "FEE_ABOVE_CAP"))
    await transactor.stop()
    const wrong = createTransactor({
      rpc: chain.rpc,
      chainId: 1n,
      secretKey: () => FUNDED_KEY,
      store: memoryLedger(),
      depth: 1,
      pollMs: 1,
      sleep: async () => {},
    })
    await assert.rejects(wrong.start(), (error) => chainErrors.is(error, "WRONG_CHAIN"))
  })

  it("refuses a damaged ledger instead of guessing", async () => {
    const store = memoryLedger()
    await store.put(0, fromHex("0x0102"))
    await assert.rejects(setUp({ store }).transactor.start(), (error) => chainErrors.is(error, "BAD_LEDGER"))
  })

  const account = toHex(addressOfSigningKey(FUNDED_KEY))

  async function pendingHashes(): Promise<readonly string[]> {
    const block = (await chain.request("eth_getBlockByNumber", "pending", false)) as { transactions: string[] }
    return block.transactions
  }
  /** Mines empty blocks over the node's loss of what waits. */
  async function dropAndMine(blocks: number): Promise<void> {
    for (const hash of await pendingHashes()) await chain.request("hardhat_dropTransaction", hash)
    await chain.mine(blocks)
  }
})

async function until(condition: () => boolean, deadlineMs = 5_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!condition()) {
    if (Date.now() > end) throw new Error("waited in vain")
    await new Promise((resolve) => setImmediate(resolve))
  }
}
