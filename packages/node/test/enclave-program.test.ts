import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, describe, it } from "node:test"
import { enclaveErrors } from "@enigma-discovery/enclave/host"
import { parseNodeConfig } from "../src/config.ts"
import { systemClock } from "../src/deps.ts"
import { nodeErrors } from "../src/errors.ts"
import { silentLogger } from "../src/log.ts"
import { startRole } from "../src/roles.ts"

const KEY = `0x${"5e".repeat(32)}`
const directory = mkdtempSync(path.join(os.tmpdir(), "enigma-node-program-"))
after(() => rmSync(directory, { recursive: true }))
const program = path.join(directory, "program.mjs")

const start = (role: "worker" | "key-generation", measurement: string) => {
  const enclave = { program, measurement, devRootKey: KEY }
  const network = {
    ...{ chainId: 31_337, enigma: `0x${"11".repeat(20)}`, epochLengthBlocks: 30, depth: 2, storageReceipts: 1 },
    ...{ expiryBlocks: 120, inputsGraceBlocks: 8, witnessThreshold: 1, witnesses: [`0x${"22".repeat(20)}`] },
    ...{ keyThreshold: 1, keyManagers: 1, beaconKey: `0x${"33".repeat(256)}`, contractKey: `0x${"44".repeat(256)}` },
    keyManagerMeasurement: `0x${"55".repeat(32)}`,
  }
  const worker = { chain: { rpcUrl: "http://127.0.0.1:1" }, network, operatorKey: KEY, stakeGrains: "100000000" }
  const config = { role, dataDir: path.join(directory, role), enclave, ...(role === "worker" ? worker : {}) }
  const deps = { log: silentLogger, clock: systemClock, signal: new AbortController().signal }
  return startRole(parseNodeConfig(config), deps)
}
const causes = (error: unknown): unknown[] => (error === undefined ? [] : [error, ...causes((error as Error).cause)])

describe("a node's enclave program", () => {
  it("is not started when it measures another SHA-256 than the configuration names", async () => {
    writeFileSync(program, "process.exit(0)\n")
    for (const role of ["worker", "key-generation"] as const)
      await assert.rejects(start(role, `0x${"66".repeat(32)}`), (error: unknown) => {
        const wrong = causes(error).find((one) => enclaveErrors.is(one, "WRONG_MEASUREMENT"))
        assert.ok(wrong !== undefined, String(error))
        assert.ok(role === "key-generation" || nodeErrors.is(error, "START_FAILED"))
        return true
      })
  })

  it("changed by one byte is another one", async () => {
    const code = "process.exit(0)\n"
    const measurement = `0x${createHash("sha256").update(code).digest("hex")}`
    writeFileSync(program, `${code} `)
    await assert.rejects(start("worker", measurement), (error: unknown) =>
      causes(error).some((one) => enclaveErrors.is(one, "WRONG_MEASUREMENT")),
    )
  })
})
