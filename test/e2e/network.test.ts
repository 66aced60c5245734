import assert from "node:assert/strict"
import { createServer } from "node:net"
import { after, before, describe, it } from "node:test"
import { compileFirst, leftovers, processesOf, runScript, type ScriptRun } from "./support.ts"

interface Described {
  readonly rpcUrl: string
  readonly addresses: Record<string, string>
  readonly workers: readonly { readonly gatewayUrl: string; readonly workerId: number }[]
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[]
}

const ask = async (url: string, method: string): Promise<unknown> => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] })
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
  return ((await answer.json()) as { result: unknown }).result
}

describe("npm run network", () => {
  const runs: ScriptRun[] = []
  before(compileFirst)
  after(() => {
    for (const { child } of runs) child.kill("SIGKILL")
  })
  const start = (...args: string[]) => {
    const run = runScript("network.ts", args)
    runs.push(run)
    return run
  }

  it("runs twice at once with port 8545 taken, and each stops without a trace", { timeout: 240_000 }, async () => {
    const squatter = createServer().listen(8_545, "127.0.0.1")
    squatter.on("error", () => {}) // somebody else has it: taken is what it should be
    try {
      const both = [start("--json"), start("--json")]
      const networks = await Promise.all(both.map(async ({ firstLine }) => JSON.parse(await firstLine) as Described))
      for (const { rpcUrl, workers, accounts } of networks) {
        assert.equal(await ask(rpcUrl, "eth_chainId"), "0x7a69")
        assert.equal(workers.length, 3)
        for (const { gatewayUrl, workerId } of workers) {
          const status = (await ask(gatewayUrl, "enigma_status")) as { workerId: number }
          assert.equal(status.workerId, workerId)
        }
        assert.ok(accounts.every(({ privateKey }) => /^0x[0-9a-f]{64}$/.test(privateKey)))
      }
      const urls = networks.flatMap(({ rpcUrl, workers }) => [rpcUrl, ...workers.map((worker) => worker.gatewayUrl)])
      assert.equal(new Set(urls).size, urls.length, "no door is shared")
      const seen = both.map(processesOf)
      for (const [i, signal] of (["SIGINT", "SIGTERM"] as const).entries()) {
        both[i]!.child.kill(signal)
        assert.deepEqual(await both[i]!.exited, { code: 0, signal: null })
        assert.equal(both[i]!.stdout().trim().split("\n").length, 1, "one JSON object and nothing else")
        assert.deepEqual(await leftovers(both[i]!, seen[i]!, 15_000), [])
      }
    } finally {
      squatter.close()
    }
  })

  it("leaves nothing when it is killed", { timeout: 180_000 }, async () => {
    const run = start("--json")
    await run.firstLine
    const seen = processesOf(run)
    assert.ok(
      seen.length >= 11,
      `launcher, guardian, chain, witness, key manager, workers, enclaves; not ${seen.length}`,
    )
    run.child.kill("SIGKILL")
    await run.exited
    assert.deepEqual(await leftovers(run, seen, 30_000), [])
  })

  it("says what is wrong with its arguments", { timeout: 20_000 }, async () => {
    const run = start("--port", "99999")
    assert.equal((await run.exited).code, 2)
    assert.match(run.stderr(), /--port/)
    assert.deepEqual(await leftovers(run, [], 5_000), [])
  })
})
