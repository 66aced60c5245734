import assert from "node:assert/strict"
import { createServer } from "node:net"
import { after, before, describe, it } from "node:test"
import { devAccounts } from "../src/accounts.ts"
import { type ChainNode, startChainNode } from "../src/chain-node.ts"
import { devnetErrors } from "../src/errors.ts"
import { type Guardian, startGuardian } from "../src/internal/guardian.ts"

const BLOCK_TIME_MS = 50

describe("chain node", () => {
  let guardian: Guardian
  let chain: ChainNode
  const accounts = devAccounts(2)
  const start = (port = 0) =>
    startChainNode(
      { guardian, logDirectory: guardian.directory, signal: new AbortController().signal },
      { chainId: 31_337n, accounts: accounts.all.length, port },
    )
  before(async () => {
    guardian = await startGuardian()
    chain = await start()
  })
  after(async () => {
    await chain.stop()
    await guardian.stop()
  })

  it("listens on loopback and funds the accounts we derive", async () => {
    assert.match(chain.rpcUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
    for (const { address } of accounts.all) {
      assert.equal(await chain.provider.getBalance(address), 10_000n * 10n ** 18n)
    }
  })

  it("runs beside another one on another port", async () => {
    const other = await start()
    try {
      assert.notEqual(other.rpcUrl, chain.rpcUrl)
    } finally {
      await other.stop()
    }
  })

  it("fails with the reason when its port is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => squatter.once("listening", resolve))
    const address = squatter.address()
    assert.ok(address && typeof address === "object")
    try {
      await assert.rejects(start(address.port), (error: unknown) => {
        assert.ok(devnetErrors.is(error, "PROCESS_EXITED"))
        assert.match(String(error.data.logTail), /EADDRINUSE/)
        return true
      })
    } finally {
      squatter.close()
    }
  })

  it("mines on request, then on an interval with the clock's time", async () => {
    const before = await chain.provider.getBlockNumber()
    await chain.mine(40)
    assert.equal(await chain.provider.getBlockNumber(), before + 40)
    await chain.mineEvery(BLOCK_TIME_MS)
    await chain.reached(before + 50)
    const { timestamp } = (await chain.provider.getBlock("latest"))!
    assert.ok(timestamp <= Date.now() / 1000 + 2, "blocks do not run ahead of the clock")
    await assert.rejects(chain.reached(before + 1_000_000, 100), (e: unknown) => devnetErrors.is(e, "TIMED_OUT"))
  })
})
