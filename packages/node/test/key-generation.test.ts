import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, it } from "node:test"
import { startKeyManagerEnclaveInProcess } from "@enigma-discovery/enclave/host"
import { toHex } from "@enigma-discovery/protocol"
import { type KeyGenerationConfig, parseNodeConfig } from "../src/config.ts"
import { systemClock } from "../src/deps.ts"
import { enclaveOptions } from "../src/enclave-options.ts"
import { nodeErrors } from "../src/errors.ts"
import { generateKeys } from "../src/key-manager/key-generation.ts"
import { readShares, writeShares } from "../src/key-manager/sealed-shares.ts"
import { silentLogger } from "../src/log.ts"
import { keyOf } from "./support/peers.ts"

describe("key generation", () => {
  let directory: string
  let stopped = 0
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "enigma-node-"))
    stopped = 0
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const config = (root = "root") =>
    parseNodeConfig({
      role: "key-generation",
      dataDir: join(directory, "data"),
      enclave: { program: "unused", measurement: `0x${"3e".repeat(32)}`, devRootKey: toHex(keyOf(root)) },
    }) as KeyGenerationConfig
  const deps = {
    log: silentLogger,
    clock: systemClock,
    signal: new AbortController().signal,
    startKeyManagerEnclave: async (options: Parameters<typeof startKeyManagerEnclaveInProcess>[0]) => {
      const enclave = await startKeyManagerEnclaveInProcess(options)
      const stop = enclave.stop.bind(enclave)
      const count = () => {
        stopped++
        return stop()
      }
      return Object.assign(enclave, { stop: count })
    },
  }
  const file = () => join(directory, "data", "key-shares.sealed")

  it("makes shares, keeps them sealed and readable by their owner alone, and tells the public keys", async () => {
    const event = await generateKeys(config(), deps)
    assert.deepEqual([event.event, event.beaconKey.length, event.contractKey.length], ["keys", 514, 514])
    assert.equal(event.measurement, `0x${"3e".repeat(32)}`)
    assert.equal(statSync(file()).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(directory, "data")), ["key-shares.sealed"], "no draft is left")
    assert.equal(stopped, 1)
  })

  it("never replaces shares: it opens those that are there", async () => {
    const first = await generateKeys(config(), deps)
    const sealed = readFileSync(file())
    assert.deepEqual(await generateKeys(config(), deps), first)
    assert.deepEqual(readFileSync(file()), sealed)
  })

  it("fails, with the shares untouched, where they do not open: damaged, or another machine's", async () => {
    await generateKeys(config(), deps)
    const failsSealed = (error: unknown) =>
      nodeErrors.is(error, "START_FAILED") && (error.cause as Error).name === "ENCLAVE_SEALED_STATE"
    await assert.rejects(generateKeys(config("another root"), deps), failsSealed)
    const damaged = readFileSync(file())
    damaged[20]! ^= 1
    writeFileSync(file(), damaged)
    await assert.rejects(generateKeys(config(), deps), failsSealed)
    assert.deepEqual(readFileSync(file()), damaged)
    assert.equal(stopped, 3, "no enclave is left running")
  })

  it("tells no shares from shares that can't be read", async () => {
    assert.equal(await readShares(directory), undefined)
    await assert.rejects(readShares("/dev/null"), (error) => nodeErrors.is(error, "STORE_UNUSABLE"))
    await writeShares(join(directory, "deep", "er"), Uint8Array.of(1, 2))
    assert.deepEqual(await readShares(join(directory, "deep", "er")), Uint8Array.of(1, 2))
  })
})

describe("simulated attestation", () => {
  it("is refused on Ethereum's main network", () => {
    const { enclave } = parseNodeConfig({
      role: "key-generation",
      dataDir: "/nowhere",
      enclave: { program: "p", measurement: `0x${"3e".repeat(32)}`, devRootKey: toHex(keyOf("root")) },
    }) as KeyGenerationConfig
    assert.throws(
      () => enclaveOptions(enclave, systemClock, 1n),
      (error) => nodeErrors.is(error, "DEV_ROOT_REFUSED"),
    )
    assert.equal(enclaveOptions(enclave, systemClock, 31_337n).program, "p")
  })
})
