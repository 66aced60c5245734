import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { describe, it, type TestContext } from "node:test"
import { inspect } from "node:util"
import { blsSign, compressG1, deriveKey, keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  BatchDataCodec,
  bytesToBigint,
  concatBytes,
  encode,
  PRF_DST,
  PRF_SALT,
  prfInfo,
  prfMessage,
  QUERY_RESULT,
  RECEIPT_STATUS,
  RESULT_KIND,
  toHex,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { openShare } from "../src/core/key-share.ts"
import { detectIsolation } from "../src/host/isolation.ts"
import { KeyManagerHandle } from "../src/host/key-manager-handle.ts"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { nodeArguments } from "../src/pipe/node-arguments.ts"
import { openProcessLink } from "../src/pipe/process-link.ts"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, quoting, TestNetwork } from "./support/network.ts"
import { pidsOf } from "./support/pids.ts"
import { keyManagerProgram, processes, programDirectory, workerProgram } from "./support/processes.ts"
import { Reader } from "./support/reader.ts"

/**
 * Everything that leaves processes started here, byte for byte; with `trace`, also every system call's data. They end with
 * the test, whatever becomes of it.
 */
function watched(t: TestContext, written: Uint8Array[], trace?: string): Backend {
  const plain = detectIsolation()
  const strace = [
    "-f",
    "-ff",
    "-s",
    "1000000",
    "-xx",
    "-e",
    // Everything that names a file or program, touches the network, or writes to a descriptor.
    "trace=%file,%network,execve,write,writev,pwrite64,pwritev,pwritev2,sendfile,splice,vmsplice",
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
        t.after(() => link.stop())
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
  const base64url = [0, 1, 2].map((skip) => Buffer.from(secret.subarray(skip)).toString("base64url").slice(0, -4))
  return {
    raw: secret,
    hex: utf8Bytes(hex),
    "upper-case hex": utf8Bytes(hex.toUpperCase()),
    "base64 0": utf8Bytes(base64[0]!),
    "base64 1": utf8Bytes(base64[1]!),
    "base64 2": utf8Bytes(base64[2]!),
    "base64url 0": utf8Bytes(base64url[0]!),
    "base64url 1": utf8Bytes(base64url[1]!),
    "base64url 2": utf8Bytes(base64url[2]!),
    reversed: secret.toReversed(),
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

interface Life {
  readonly network: TestNetwork
  readonly secrets: Record<string, Uint8Array>
  /** Every refusal, as a host's log could print it. */
  readonly errors: string[]
}

/** Keys that no one but enclaves may hold: the key manager's share, and all that comes of it in epoch 1. */
function committeeSecrets({ config, contract, manager, keys }: TestNetwork): Record<string, Uint8Array> {
  const secrets: Record<string, Uint8Array> = {}
  const share = openShare(nodeCrypto, quoting.sealingKey(manager.measurement), keys!.sealed)
  for (const purpose of ["io", "state"] as const) {
    const message = prfMessage(purpose, config.chainId, config.enigma, contract, 1)
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
  share.beaconShare.expose((key) => {
    secrets["beacon share"] = key.slice()
  })
  return secrets
}

/**
 * A life with canaries in every place a plaintext passes: inputs, state keys and values, output, error message, event, query,
 * its answer and its permit's arguments; through tasks, failing tasks, a broken engine, callbacks, batches, a key exchange,
 * a handover with replay, queries, and refusals while all of it is in memory.
 */
async function live(backend: Backend): Promise<Life> {
  const canary = (name: string) => keccak256(utf8Bytes(`canary ${name}`)).slice(0, 24)
  const network = await TestNetwork.ready({ backend })
  const secrets: Record<string, Uint8Array> = {
    "a value": canary("value"),
    "a key": canary("key"),
    "a message": utf8Bytes("a canary of sixteen"),
    "an event": canary("event"),
    "a question": canary("question"),
    "a trapped input": canary("trapped"),
    ...committeeSecrets(network),
  }
  const errors: string[] = []
  const refused = async (attempt: Promise<unknown>) =>
    errors.push(
      await attempt.then(
        () => assert.fail("not refused"),
        (error) => inspect(error, { depth: 9 }),
      ),
    )
  await network.deployed()
  const tasks = network.record(
    { calldata: lab.write(secrets["a key"]!, secrets["a value"]!) },
    { calldata: lab.read(secrets["a key"]!) },
    { calldata: concatBytes(lab.revert(""), secrets["a message"]!) },
    { calldata: concatBytes(lab.event(""), secrets["an event"]!) },
    { calldata: concatBytes(lab.trap(), secrets["a trapped input"]!) },
    { calldata: concatBytes(lab.spin(), secrets["a trapped input"]!), fields: { gasLimit: 100_000n } },
    { calldata: lab.callback(addressOf("callee"), Uint8Array.of(1)), fields: { callbackGas: 1_000n } },
  )
  const results = await network.execute(1, tasks)
  assert.deepEqual(tasks[1]!.open(results[1]!.output!, results[1]!.receipt.taskId).data, secrets["a value"])
  assert.equal(tasks[2]!.open(results[2]!.output!, results[2]!.receipt.taskId).message, "a canary of sixteen")
  const reader = new Reader(network, "alice")
  const asked = lab.read(secrets["a key"]!)
  assert.deepEqual((await reader.ask(asked)).data, secrets["a value"])
  assert.equal((await reader.ask(concatBytes(lab.revert(""), secrets["a question"]!))).result, RESULT_KIND.reverted)
  const narrow = reader.permit({ argumentsHash: keccak256(secrets["a question"]!) })
  assert.equal((await reader.ask(asked, { permit: narrow })).result, QUERY_RESULT.refused)
  await network.commit(1, { callbacksOk: false })
  await network.worker(1).collect(network.contract)
  // The engine breaks with the state in its memory; the next one takes over.
  for (const pid of enginesOf(backend)) process.kill(pid, "SIGSEGV")
  const [after] = network.record({ calldata: asked })
  assert.equal((await network.execute(1, [after!]))[0]!.receipt.status, RECEIPT_STATUS.Success)
  await network.commit(1)
  network.openEpoch(2)
  await network.equip(2)
  // Before it is in sync; afterwards a replay is not even looked at.
  const [newest, ...older] = network.deltas.toReversed()
  const forged = newest!.map((b, i) => (i === newest!.length - 1 ? b ^ 1 : b))
  await refused(network.worker(2).replay(network.contract, [network.deltas[0]!.slice(5)]))
  await refused(network.worker(2).replay(network.contract, [...older.toReversed(), forged]))
  await network.worker(2).replay(network.contract, network.deltas)
  assert.deepEqual((await reader.ask(asked, {}, 2)).data, secrets["a value"])
  await network.advance(1)
  const [late, other] = [tasks[0]!, tasks[1]!]
  const worker = network.worker(2)
  const { sealed } = reader.seal(asked)
  await refused(worker.execute(network.contract, [{ queued: late.queued, envelope: other.envelope }]))
  await refused(
    worker.query(
      network.contract,
      sealed.map((b, i) => (i === 80 ? b ^ 1 : b)),
    ),
  )
  await refused(worker.query(network.contract, sealed.slice(1)))
  await refused(network.worker(1).query(network.contract, sealed))
  await refused(worker.loadCode(network.contract, network.origin, Uint8Array.of(1)))
  return { network, secrets, errors }
}

const enginesOf = (backend: Backend): readonly number[] =>
  backend === inProcess ? [] : pidsOf(workerProgram.file, "engine")

describe("no secret leaves", () => {
  it("in anything the processes write on their pipes, in an error, environment, argument list or core file", async (t) => {
    const written: Uint8Array[] = []
    const cores = ["/", programDirectory, process.cwd()].map((directory) => [directory, coresIn(directory)] as const)
    const { network, secrets, errors } = await live(watched(t, written))
    const pids = [...pidsOf(workerProgram.file), ...enginesOf(processes), ...pidsOf(keyManagerProgram.file)]
    assert.ok(pids.length >= 4)
    for (const pid of pids)
      for (const name of ["environ", "cmdline"])
        assertAbsent(`${name} of ${pid}`, readFileSync(`/proc/${pid}/${name}`), secrets)
    await network.stop()
    assert.ok(written.length > 30)
    assertAbsent("the pipes", concatBytes(...written), secrets)
    assert.equal(errors.length, 7)
    assertAbsent("an error", utf8Bytes(errors.join("\n")), secrets)
    for (const [directory, before] of cores) assert.deepEqual(coresIn(directory), before, `core files in ${directory}`)
    const files = readdirSync(programDirectory).map((file) => readFileSync(path.join(programDirectory, file)))
    assertAbsent("the programs' folder", concatBytes(...files), secrets)
  })

  it("in what an in-process enclave answers, or its host hears", async () => {
    const said: string[] = []
    const console = ["log", "info", "warn", "error", "debug"] as const
    const before = console.map((name) => [name, globalThis.console[name]] as const)
    for (const name of console) globalThis.console[name] = (...all) => void said.push(inspect(all, { depth: 9 }))
    try {
      const { network, secrets, errors } = await live(inProcess)
      await network.stop()
      assertAbsent("an error or a log", utf8Bytes([...errors, ...said].join("\n")), secrets)
      const kept = { batches: network.batches, identities: network.identities }
      assertAbsent("what a host keeps", utf8Bytes(inspect(kept, { depth: 20, maxArrayLength: null })), secrets)
      for (const { data } of network.batches) assertAbsent("a batch's data", encode(BatchDataCodec, data), secrets)
    } finally {
      for (const [name, original] of before) globalThis.console[name] = original
    }
  })

  it("in any system call's data, file name or argument", { skip: straceMissing() }, async (t) => {
    const trace = mkdtempSync(path.join(os.tmpdir(), "enigma-trace-"))
    try {
      const { network, secrets } = await live(watched(t, [], trace))
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
          lines.filter((line) =>
            /^(connect|bind|listen|accept4?|rename\w*|link\w*|unlink\w*|mkdir\w*|symlink\w*|truncate|chmod|mknod\w*)\(/.test(
              line,
            ),
          ),
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

const coresIn = (directory: string): readonly string[] =>
  readdirSync(directory).filter((file) => /^core(\.|$)/.test(file))

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
