/** A witness and a key manager as whole nodes: real libp2p, real gateway, the key manager's program in this process. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { readEpoch } from "@enigma-discovery/chain/follow"
import { startKeyManagerEnclaveInProcess } from "@enigma-discovery/enclave/host"
import { GATEWAY_ERROR, GATEWAY_METHODS, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { type NodeConfigInput, parseNodeConfig } from "../src/config.ts"
import { type NodeDeps, systemClock } from "../src/deps.ts"
import { nodeErrors } from "../src/errors.ts"
import { createLogger } from "../src/log.ts"
import { type RunningNode, startRole } from "../src/roles.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { type EpochsChain, FUNDED_KEYS, startEpochsChain } from "./support/epochs-chain.ts"
import { keyOf, until } from "./support/peers.ts"
import { networkOf, WITNESS } from "./support/trust.ts"

const MEASUREMENT = `0x${"3e".repeat(32)}`
const LENGTH = 20

describe("witness and key manager", () => {
  let chain: EpochsChain
  let directory: string
  let network: NetworkConfig
  const log: string[] = []
  const running: RunningNode[] = []
  const died = Promise.withResolvers<{ expected: boolean; detail: string }>()

  const deps = (): NodeDeps => ({
    log: createLogger("info", (line) => log.push(line)),
    clock: systemClock,
    signal: new AbortController().signal,
    rpc: chain.rpc,
    openStore: async () => memoryStore(),
    startKeyManagerEnclave: async (options) => {
      const enclave = await startKeyManagerEnclaveInProcess(options)
      return Object.assign(enclave, { ended: Promise.race([enclave.ended, died.promise]) })
    },
  })
  const enclave = { program: "unused", measurement: MEASUREMENT, devRootKey: toHex(keyOf("root")) }
  const json = ({ version: _, chainId, ...rest }: NetworkConfig) => ({
    ...rest,
    chainId: Number(chainId),
    enigma: toHex(rest.enigma),
    witnesses: rest.witnesses.map(toHex),
    beaconKey: toHex(rest.beaconKey),
    contractKey: toHex(rest.contractKey),
    keyManagerMeasurement: toHex(rest.keyManagerMeasurement),
  })
  const everyRole = (name: string, bootstrap: readonly string[]) => ({
    dataDir: join(directory, name),
    chain: { rpcUrl: "http://127.0.0.1:1", pollMs: 20 },
    network: json(network),
    p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap: [...bootstrap] },
  })
  const witnessConfig = (bootstrap: readonly string[], key = WITNESS.reveal()): NodeConfigInput => ({
    role: "witness",
    ...everyRole("witness", bootstrap),
    witnessKey: toHex(key),
  })
  const managerConfig = (): NodeConfigInput => ({
    role: "key-manager",
    ...everyRole("key-manager", []),
    enclave,
    operatorKey: toHex(FUNDED_KEYS[1]!),
  })
  async function start(config: NodeConfigInput): Promise<RunningNode> {
    const started = await startRole(parseNodeConfig(config), deps())
    assert.ok(started.kept)
    running.push(started.node)
    return started.node
  }
  const failsWith = (code: Parameters<typeof nodeErrors.is>[1]) => (error: unknown) =>
    nodeErrors.is(error, "START_FAILED") && nodeErrors.is(error.cause, code)
  const call = async (node: RunningNode, method: string, params: unknown[] = []) => {
    const response = await fetch(node.ready.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    })
    return (await response.json()) as { result?: Record<string, unknown>; error?: { code: number } }
  }

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "enigma-node-"))
    chain = await startEpochsChain({ epochLengthBlocks: LENGTH, openWindowBlocks: LENGTH - 1 })
    const keys = await startRole(
      parseNodeConfig({ role: "key-generation", dataDir: join(directory, "key-manager"), enclave }),
      deps(),
    )
    assert.ok(!keys.kept)
    const key = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"))
    network = networkOf({
      enigma: chain.enigma,
      epochLengthBlocks: LENGTH,
      expiryBlocks: 20 * LENGTH,
      beaconKey: key(keys.event.beaconKey),
      contractKey: key(keys.event.contractKey),
    })
    await chain.trust(network)
  })
  after(async () => {
    for (const node of running.toReversed()) await node.stop()
    await chain.close()
    rmSync(directory, { recursive: true })
  })

  it("do not start for another network, another key, another program or without shares", async () => {
    const isWitness = { ...witnessConfig([], keyOf("stranger")) }
    await assert.rejects(startRole(parseNodeConfig(isWitness), deps()), failsWith("WITNESS_NOT_LISTED"))
    const manager = managerConfig()
    const other = { ...manager, network: { ...json(network), depth: 3 } } as NodeConfigInput
    await assert.rejects(startRole(parseNodeConfig(other), deps()), failsWith("TRUST_MISMATCH"))
    const program = { ...manager, enclave: { ...enclave, measurement: `0x${"11".repeat(32)}` } } as NodeConfigInput
    await assert.rejects(startRole(parseNodeConfig(program), deps()), failsWith("WRONG_PROGRAM"))
    const empty = { ...manager, dataDir: join(directory, "empty") } as NodeConfigInput
    await assert.rejects(startRole(parseNodeConfig(empty), deps()), failsWith("SHARES_MISSING"))
  })

  it("meet, and open an epoch: headers by gossip, a beacon by the enclave, a transaction by the keeper", async () => {
    const manager = await start(managerConfig())
    const witness = await start(witnessConfig(manager.ready.addresses))
    assert.equal(manager.ready.measurement, MEASUREMENT)
    assert.equal(witness.ready.signer, toHex(network.witnesses[0]!))
    const epoch = async () => {
      const block = { number: await chain.head(), timestampS: 0 }
      return (await readEpoch({ rpc: chain.rpc, enigma: chain.enigma, block })).epoch
    }
    await until("the manager's view of the chain", async () => {
      await chain.mine()
      return (await fetch(`${manager.ready.rpcUrl}/readyz`)).status === 200
    })
    await until(
      "an open epoch",
      async () => {
        await chain.mine()
        await new Promise((resolve) => setTimeout(resolve, 20))
        return (await epoch()) >= 1
      },
      30_000,
    )
    const metrics = await (await fetch(`${manager.ready.rpcUrl}/metrics`)).text()
    assert.match(metrics, /enigma_keeper_openings\{outcome="opened"\} [1-9]/)
    assert.match(metrics, /enigma_enclave_block [1-9]/)
    assert.match(
      await (await fetch(`${witness.ready.rpcUrl}/metrics`)).text(),
      /enigma_witness_attestations\{confirmations="2"\} [1-9]/,
    )
  })

  it("tell their status through the gateway, and send callers of anything else to a worker", async () => {
    const [manager, witness] = running as [RunningNode, RunningNode]
    await until("the enclave to know the epoch", async () => {
      await chain.mine()
      return Number((await call(manager, GATEWAY_METHODS.status)).result!.epoch) >= 1
    })
    const status = (await call(manager, GATEWAY_METHODS.status)).result!
    assert.deepEqual([status.role, status.chainId, status.measurement], ["key-manager", "31337", MEASUREMENT])
    assert.match(String(status.isolation), /in-process/)
    assert.ok(Number(status.blockNumber) > 0)
    const ready = (await (await fetch(`${manager.ready.rpcUrl}/readyz`)).json()) as Record<string, unknown>
    assert.deepEqual([ready.measurement, ready.headerTrust], [MEASUREMENT, "witness 1 of 1"])
    assert.match(String(ready.isolation), /in-process.*no boundary/)
    assert.equal((await call(witness, GATEWAY_METHODS.status)).result!.role, "witness")
    const refused = await call(witness, GATEWAY_METHODS.keyStatement, [`0x${"c0".repeat(20)}`])
    assert.equal(refused.error?.code, GATEWAY_ERROR.unavailable)
  })

  it("say so when they can't go on: an enclave that ended, a chain below the depth", async () => {
    const [manager, witness] = running as [RunningNode, RunningNode]
    died.resolve({ expected: false, detail: "killed" })
    assert.ok(nodeErrors.is(await manager.failed, "ENCLAVE_ENDED"))
    const conflict = witness.failed
    const snapshot = await chain.request("evm_snapshot")
    await chain.mine(5)
    await until("attestations of what will be undone", async () => {
      const text = await (await fetch(`${witness.ready.rpcUrl}/readyz`)).json()
      return (text as { blockNumber: number }).blockNumber >= (await chain.head())
    })
    await chain.request("evm_revert", snapshot)
    await chain.request("evm_increaseTime", 1_000)
    await chain.mine(8)
    assert.ok(nodeErrors.is(await conflict, "WITNESS_CONFLICT"))
  })

  it("leave nothing behind when they stop", async () => {
    for (const node of running.splice(0).toReversed()) {
      await node.stop()
      await assert.rejects(fetch(node.ready.rpcUrl))
    }
  })
})
