import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { describe, it } from "node:test"
import { blsSign, compressG1, deriveKey, keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  bytesToBigint,
  concatBytes,
  PRF_DST,
  PRF_SALT,
  prfInfo,
  prfMessage,
  toHex,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { openShare } from "../src/core/key-share.ts"
import { detectIsolation } from "../src/host/isolation.ts"
import { KeyManagerHandle } from "../src/host/key-manager-handle.ts"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { nodeArguments } from "../src/pipe/node-arguments.ts"
import { openProcessLink } from "../src/pipe/process-link.ts"
import { type Backend, lab, quoting, TestNetwork } from "./support/network.ts"
import { keyManagerProgram, workerProgram } from "./support/processes.ts"

/** Everything that leaves processes started here, byte for byte; with `trace`, also every system call's data. */
function watched(written: Uint8Array[], trace?: string): Backend {
  const plain = detectIsolation()
  const strace = [
    "-f",
    "-ff",
    "-s",
    "1000000",
    "-xx",
    "-e",
    "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,open,openat,execve,connect,rename,link,unlink",
    "-o",
  ]
  const isolation =
    trace === undefined
      ? plain
      : {
          ...plain,
          command: (node: string, args: readonly string[]) =>
            ["strace", [...strace, path.join(trace, "calls"), node, ...args]] as const,
        }
  const options = ({ file, measurement }: { file: string; measurement: Uint8Array }) => {
    const [command, args] = isolation.command(process.execPath, nodeArguments(file, 256, true))
    const open = openProcessLink({ command, args, ownGroup: true, stopTimeoutMs: 2_000 })
    return {
      measurement,
      quoting,
      isolation: isolation.status,
      open: (events: Parameters<typeof open>[0]) => {
        const link = open({
          onBody(body) {
            written.push(body)
            events.onBody(body)
          },
        })
        void link.ended.then(({ detail }) => written.push(utf8Bytes(detail)))
        return link
      },
    }
  }
  return {
    worker: () => Promise.resolve(new WorkerHandle(options(workerProgram))),
    keyManager: () => Promise.resolve(new KeyManagerHandle(options(keyManagerProgram))),
  }
}

/** How a secret could show: raw, hex, base64 at any offset, decimal. */
function forms(secret: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const hex = toHex(secret).slice(2)
  const base64 = [0, 1, 2].map((skip) => Buffer.from(secret.subarray(skip)).toString("base64").slice(0, -4))
  return {
    raw: secret,
    hex: utf8Bytes(hex),
    "upper-case hex": utf8Bytes(hex.toUpperCase()),
    "base64 0": utf8Bytes(base64[0]!),
    "base64 1": utf8Bytes(base64[1]!),
    "base64 2": utf8Bytes(base64[2]!),
    decimal: utf8Bytes(bytesToBigint(secret).toString()),
    "list of numbers": utf8Bytes([...secret].join(",")),
  }
}

function assertAbsent(where: string, haystack: Uint8Array, secrets: Readonly<Record<string, Uint8Array>>): void {
  const buffer = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength)
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [form, bytes] of Object.entries(forms(secret)))
      assert.ok(!buffer.includes(Buffer.from(bytes)), `${name} shows as ${form} in ${where}`)
  }
}

/** A life with canaries in every place a plaintext passes; returns them, and the keys that no one but enclaves may hold. */
async function live(backend: Backend): Promise<{ network: TestNetwork; secrets: Record<string, Uint8Array> }> {
  const canary = (name: string) => keccak256(utf8Bytes(`canary ${name}`)).slice(0, 24)
  const secrets: Record<string, Uint8Array> = {
    "a value": canary("value"),
    "a key": canary("key"),
    "a message": utf8Bytes("a canary of sixteen"),
    "an event": canary("event"),
  }
  const network = await TestNetwork.ready({ backend })
  const { sealed } = network.keys!
  const share = openShare(nodeCrypto, quoting.sealingKey(network.manager.measurement), sealed)
  const { chainId, enigma } = network.config
  for (const purpose of ["io", "state"] as const) {
    const message = prfMessage(purpose, chainId, enigma, network.contract, 1)
    const value = compressG1(blsSign(message, share.contractShare, utf8Bytes(PRF_DST)))
    const uses = purpose === "io" ? (["ioX25519", "ioRandom"] as const) : (["stateAead"] as const)
    secrets[`${purpose} PRF value`] = value
    for (const use of uses) {
      const info = prfInfo(use, keccak256(message))
      deriveKey(nodeCrypto, { inputKey: value, salt: PRF_SALT, info }).expose((key) => {
        secrets[use] = key.slice()
      })
    }
  }
  share.contractShare.expose((key) => {
    secrets["contract share"] = key.slice()
  })
  await network.deployed()
  const tasks = network.record(
    { calldata: lab.write(secrets["a key"]!, secrets["a value"]!) },
    { calldata: lab.read(secrets["a key"]!) },
    { calldata: concatBytes(lab.revert(""), secrets["a message"]!) },
    { calldata: concatBytes(lab.event(""), secrets["an event"]!) },
    { calldata: concatBytes(lab.trap(), secrets["a value"]!) },
  )
  const results = await network.execute(1, tasks)
  assert.deepEqual(tasks[1]!.open(results[1]!.output!, results[1]!.receipt.taskId).data, secrets["a value"])
  assert.equal(tasks[2]!.open(results[2]!.output!, results[2]!.receipt.taskId).message, "a canary of sixteen")
  await network.commit(1)
  network.openEpoch(2)
  await network.equip(2)
  await network.worker(2).replay(network.contract, network.deltas)
  await network.advance(1)
  // Refusals, too, while secrets are in memory.
  await network
    .worker(2)
    .execute(network.contract, [{ queued: tasks[0]!.queued, envelope: tasks[1]!.envelope }])
    .catch(() => undefined)
  await network
    .worker(2)
    .replay(network.contract, [network.deltas[0]!.slice(5)])
    .catch(() => undefined)
  return { network, secrets }
}

describe("no secret leaves", () => {
  it("in anything the processes write on their pipes", async () => {
    const written: Uint8Array[] = []
    const { network, secrets } = await live(watched(written))
    await network.stop()
    assert.ok(written.length > 30)
    assertAbsent("the pipes", concatBytes(...written), secrets)
  })

  it("in any system call's data, file name or argument", { skip: straceMissing() }, async () => {
    const trace = mkdtempSync(path.join(os.tmpdir(), "enigma-trace-"))
    try {
      const { network, secrets } = await live(watched([], trace))
      await network.stop()
      const calls = readdirSync(trace).map((file) => watchedCalls(readFileSync(path.join(trace, file), "latin1")))
      const sealed = Buffer.from(network.deltas.at(-1)!).subarray(0, 64)
      assert.ok(
        calls.some((lines) => Buffer.from(unescaped(lines.join("\n"))).includes(sealed)),
        "what does leave is seen",
      )
      for (const lines of calls) {
        assertAbsent("a system call", unescaped(lines.join("\n")), secrets)
        const opened = lines.filter((line) => /^open/.test(line) && /O_WRONLY|O_RDWR|O_CREAT/.test(line))
        assert.deepEqual(
          opened.map((line) => Buffer.from(unescaped(line)).toString()).filter((line) => !line.includes("/dev/null")),
          [],
        )
        assert.deepEqual(
          lines.filter((line) => /^(connect|rename|link|unlink)\(/.test(line)),
          [],
        )
      }
    } finally {
      rmSync(trace, { recursive: true, force: true })
    }
  })

  it("finds a secret where there is one: the search itself works", () => {
    const secret = keccak256(utf8Bytes("found"))
    for (const [form, bytes] of Object.entries(forms(secret))) {
      assert.throws(
        () => assertAbsent("a haystack", concatBytes(utf8Bytes("xx"), bytes, utf8Bytes("yy")), { it: secret }),
        form,
      )
    }
  })
})

/**
 * The system calls of one thread, but those between a core and its engine: that pipe carries a contract's plaintext (so says
 * docs/THREATS.md), as memory does. A core talks to its host on descriptors 1 and 2; an engine answers its core on 1.
 */
function watchedCalls(trace: string): readonly string[] {
  const lines = trace.split("\n")
  const isEngine = Buffer.from(unescaped(lines.find((line) => line.startsWith("execve(")) ?? "")).includes('"engine"')
  return lines.filter((line) => {
    const descriptor = /^(?:p?writev?|pwrite64|sendto|sendmsg)\((\d+)/.exec(line)?.[1]
    if (descriptor === undefined) return true
    return isEngine ? descriptor !== "1" : descriptor === "1" || descriptor === "2"
  })
}

/** Bytes that strace printed as \\xNN. */
const unescaped = (text: string): Uint8Array =>
  Buffer.from(
    text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  )

function straceMissing(): string | false {
  const { status } = spawnSync("strace", ["-V"], { stdio: "ignore" })
  return status === 0 && existsSync("/proc") ? false : "strace is not installed"
}
