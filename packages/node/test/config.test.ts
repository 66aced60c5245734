import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { inspect } from "node:util"
import { parseNodeConfig } from "../src/config.ts"
import { nodeErrors } from "../src/errors.ts"

const KEY = `0x${"5e".repeat(32)}`
const network = {
  chainId: 31_337,
  enigma: `0x${"11".repeat(20)}`,
  epochLengthBlocks: 30,
  depth: 2,
  storageReceipts: 1,
  expiryBlocks: 120,
  inputsGraceBlocks: 8,
  witnessThreshold: 1,
  witnesses: [`0x${"22".repeat(20)}`],
  keyThreshold: 1,
  keyManagers: 1,
  beaconKey: `0x${"33".repeat(256)}`,
  contractKey: `0x${"44".repeat(256)}`,
  keyManagerMeasurement: `0x${"55".repeat(32)}`,
}
const worker = () => ({
  role: "worker",
  dataDir: "/nowhere",
  chain: { rpcUrl: "http://127.0.0.1:8545" },
  network,
  enclave: { program: "worker.mjs", measurement: `0x${"66".repeat(32)}`, devRootKey: KEY },
  operatorKey: KEY,
  stakeGrains: "100000000",
})

const refused = (value: unknown, path: string) =>
  assert.throws(
    () => parseNodeConfig(value),
    (error) => nodeErrors.is(error, "BAD_CONFIG") && String(error.data.problem).includes(path),
  )

describe("node configuration", () => {
  it("fills defaults that are safe: loopback doors, no web origins", () => {
    const config = parseNodeConfig(worker())
    assert.equal(config.role, "worker")
    if (config.role !== "worker") return
    assert.equal(config.rpc.host, "127.0.0.1")
    assert.deepEqual(config.rpc.corsOrigins, [])
    assert.equal(config.network.chainId, 31_337n)
    assert.equal(config.stakeGrains, 100_000_000n)
    assert.ok(Object.isFrozen(config.rpc))
  })

  it("never prints a key", () => {
    const config = parseNodeConfig(worker())
    assert.ok(!JSON.stringify(config, (_, v) => (typeof v === "bigint" ? String(v) : v)).includes("5e5e"))
    assert.ok(!inspect(config, { depth: 9 }).includes("5e5e"))
    assert.ok(!inspect(config, { depth: 9, showHidden: true, customInspect: false }).includes("94, 94"))
  })

  it("refuses an unknown field, naming it and not its value", () => {
    refused({ ...worker(), operatorkey: "0xsecret" }, "operatorkey")
    assert.throws(
      () => parseNodeConfig({ ...worker(), operatorKey: "0xsecret" }),
      (error) => !String(error).includes("0xsecret"),
    )
  })

  for (const [path, change] of [
    ["role", { role: "gateway" }],
    ["dataDir", { dataDir: "" }],
    ["chain.rpcUrl", { chain: { rpcUrl: "file:///etc/passwd" } }],
    ["stakeGrains", { stakeGrains: "-1" }],
    ["network.enigma", { network: { ...network, enigma: "0x11" } }],
    ["network", { network: { ...network, witnessThreshold: 2 } }],
    ["network", { network: { ...network, keyThreshold: 2 } }],
    ["p2p.listen.0", { p2p: { listen: ["127.0.0.1:80"] } }],
    ["rpc.port", { rpc: { port: 70_000 } }],
    ["log.level", { log: { level: "loud" } }],
    ["keeper.ladderBlocks", { keeper: { ladderBlocks: 0 } }],
  ] as const)
    it(`refuses a bad ${path}: ${JSON.stringify(change).slice(0, 60)}`, () => refused({ ...worker(), ...change }, path))
})
