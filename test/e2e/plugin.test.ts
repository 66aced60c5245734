// The Hardhat plugin on a network of processes, by network name: the guide's project (docs/TESTING.md), its tests and its tasks.
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { after, before, describe, it } from "node:test"

const repository = path.resolve(import.meta.dirname, "../..")
const HARDHAT = path.join(repository, "node_modules/hardhat/dist/src/cli.js")

describe("the Hardhat plugin on a network of processes", { timeout: 300_000 }, () => {
  let root: string
  let network: ChildProcess

  const start = (...args: readonly string[]): ChildProcess => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const options = { cwd: root, env: { ...env, TSX_DISABLE_CACHE: "1", CI: "true" } }
    return spawn(process.execPath, [HARDHAT, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] })
  }
  const run = async (...args: readonly string[]): Promise<string> => {
    const child = start(...args)
    let output = ""
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (data: Buffer) => (output += data.toString()))
    const code = await new Promise((resolve) => child.once("close", resolve))
    assert.equal(code, 0, output)
    return output
  }
  const json = async (...args: readonly string[]) => JSON.parse(await run(...args)) as Record<string, unknown>

  before(async () => {
    const scratch = path.join(repository, "node_modules/.cache")
    await mkdir(scratch, { recursive: true })
    root = await mkdtemp(path.join(scratch, "plugin-e2e-"))
    const guide = await readFile(path.join(repository, "docs/TESTING.md"), "utf8")
    for (const [, file, content] of guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)) {
      await mkdir(path.dirname(path.join(root, file!)), { recursive: true })
      await writeFile(path.join(root, file!), content!)
    }
    await writeFile(path.join(root, "package.json"), JSON.stringify({ private: true, type: "module" }))
    await run("build", "--quiet")
    network = start("enigma:node", "--port", "0")
    let said = ""
    const url = await new Promise<string>((resolve, reject) => {
      const hear = (data: Buffer) => {
        said += data.toString()
        const up = /^chain (http:\S+), Enigma/m.exec(said)
        if (up !== null) resolve(up[1]!)
      }
      network.stdout!.on("data", hear)
      network.stderr!.on("data", hear)
      network.once("close", () => reject(new Error(`enigma:node ended:\n${said}`)))
    })
    const config = path.join(root, "hardhat.config.ts")
    await writeFile(
      config,
      (await readFile(config, "utf8")).replace("http://127.0.0.1:8545", url).replace("60_000", "120_000"),
    )
  })

  after(async () => {
    if (network !== undefined) {
      const ended = new Promise((resolve) => network.once("close", resolve))
      network.kill("SIGTERM")
      await ended
    }
    if (root !== undefined) await rm(root, { recursive: true, force: true })
  })

  it("runs the same test file by network name", async () => {
    const output = await run("--network", "local", "test", "mocha", "--no-compile", "test/tally.test.ts")
    assert.match(output, /2 passing/)
    assert.match(output, /2 pending/)
  })

  it("deploys, calls, queries and verifies from the command line", async () => {
    const on = ["--network", "local"] as const
    const { address } = (await json(...on, "enigma:deploy", "Tally", "--json")) as { address: string }
    assert.match(address, /^0x[0-9a-f]{40}$/)
    assert.equal((await json(...on, "enigma:call", "--json", "Tally", address, "add", "5")).value, "5")
    assert.equal((await json(...on, "enigma:query", "--json", "Tally", address, "mine")).value, "5")
    const shown = await run(...on, "enigma:verify", "Tally", address)
    for (const link of ["Enigma", "code hash", "draw", "measurement", "quote", "key"])
      assert.match(shown, new RegExp(`^ok +${link} `, "m"))
    assert.match(shown, /^(ok|-) +receipt /m)
    assert.doesNotMatch(shown, /^FAIL/m)
  })
})
