/** A host that does to the pipe what it likes: replays, alters, truncates, floods, freezes and clones. */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  concatBytes,
  decode,
  encode,
  MAX_PIPE_FRAME_BYTES,
  RECEIPT_STATUS,
  ReceiptCodec,
  toHex,
  u16,
  u32,
} from "@enigma-discovery/protocol"
import fc from "fast-check"
import { LocalEngine } from "../src/core/local-engine.ts"
import { Worker } from "../src/core/worker.ts"
import { openInProcessLink } from "../src/host/in-process-link.ts"
import { detectIsolation } from "../src/host/isolation.ts"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { WORKER_CALLS } from "../src/pipe/calls.ts"
import { FrameReader, frameOf } from "../src/pipe/frames.ts"
import { nodeArguments } from "../src/pipe/node-arguments.ts"
import { ANSWER, type Serve, serveCalls } from "../src/pipe/serve.ts"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, quoting, TestNetwork } from "./support/network.ts"
import { pidsOf } from "./support/pids.ts"
import { processes, workerProgram } from "./support/processes.ts"
import { refuses } from "./support/refuses.ts"

const HEAD_BYTES = 6
const measurement = new Uint8Array(32).fill(0x51)
const isolation = { form: "in-process", network: "host", filesystem: "host", notes: [] } as const
const idOf = (body: Uint8Array) => new DataView(body.buffer, body.byteOffset).getUint16(4)

/** What of an enclave's answers commits it to something. */
interface Said {
  /** What it ever said of a task, in hex, by what it is about. */
  readonly results: Map<string, Set<string>>
  /** By place and epoch: digest-relevant bytes of every batch it ever signed. */
  readonly batches: Map<string, Set<string>>
}

function listen({ results, batches }: Said, id: number, answer: Uint8Array): void {
  if (answer[4] !== ANSWER.ok) return
  const rest = answer.subarray(5)
  const add = (to: Map<string, Set<string>>, key: string, text: string) =>
    to.set(key, (to.get(key) ?? new Set()).add(text))
  if (id === WORKER_CALLS.execute.id || id === WORKER_CALLS.collect.id)
    // The output of a task with callbacks comes later, with `collect`.
    for (const { receipt, epoch, delta, output } of decode(WORKER_CALLS.execute.answer, rest, MAX_PIPE_FRAME_BYTES)
      .results) {
      const bytes = concatBytes(encode(ReceiptCodec, receipt), delta ?? new Uint8Array(0))
      // After callbacks that failed, `collect` says so: another word about the same task, said once.
      add(results, `receipt and delta of ${receipt.index} in ${epoch}, call ${id}`, toHex(bytes))
      if (output !== undefined) add(results, `output of ${receipt.index}`, toHex(output))
    }
  if (id === WORKER_CALLS.signBatch.id) {
    const { batch } = decode(WORKER_CALLS.signBatch.answer, rest, MAX_PIPE_FRAME_BYTES)
    add(batches, `${batch.fromIndex} ${batch.epoch}`, `${toHex(batch.newHead)} ${toHex(batch.receiptsRoot)}`)
  }
}

/** One move of the host against a message: which earlier one to repeat, or what to do with a copy of this one. */
interface Move {
  readonly kind: "replay" | "flip" | "truncate" | "extend" | "other call"
  readonly at: number
}
const moves = fc.array(
  fc.record({
    kind: fc.constantFrom<Move["kind"]>("replay", "flip", "truncate", "extend", "other call"),
    at: fc.nat(1_000_000),
  }),
  { minLength: 1, maxLength: 3 },
)

/** Heads stay: what is repeated under another number is the same message. */
function forged({ kind, at }: Move, body: Uint8Array, sent: readonly Uint8Array[]): Uint8Array {
  const place = HEAD_BYTES + (at % Math.max(1, body.length - HEAD_BYTES))
  switch (kind) {
    case "replay":
      return sent[at % sent.length]!
    case "flip":
      return body.map((b, i) => (i === place ? b ^ (1 << (at % 8)) : b))
    case "truncate":
      return body.slice(0, place)
    case "extend":
      return concatBytes(body, Uint8Array.of(at % 256))
    case "other call": {
      const ids = Object.values(WORKER_CALLS).map(({ id }) => id)
      return concatBytes(body.slice(0, 4), encode(u16, ids[at % ids.length]!), body.slice(HEAD_BYTES))
    }
  }
}

/** Calls whose altered copy may be taken for what the host says of itself (which network, which operator), not of the chain. */
const HOSTS_OWN: readonly number[] = [WORKER_CALLS.configure.id, WORKER_CALLS.report.id]
/** An altered run of tasks is executed up to the altered one: rightly so, and the host's own run then finds them done. */
const COMES_AFTER: readonly number[] = [WORKER_CALLS.execute.id]
/** Whatever else is said between a key request and its answers makes it void: a host can deny itself its keys. */
const spoils = ({ kind }: Move, id: number) =>
  id === WORKER_CALLS.keyAnswers.id && (kind === "replay" || kind === "other call")

/** Workers whose host makes these moves before each honest message, in turn. */
function attacked(script: readonly (readonly Move[])[], said: Said): Backend {
  const hostile = (honest: Serve): Serve => {
    const sent: Uint8Array[] = []
    let turn = 0
    const attack = async (body: Uint8Array) => {
      for (const move of script[turn++ % script.length]!) {
        if (spoils(move, idOf(body))) continue
        const bad = forged(move, body, [...sent, body.slice(0, 3)])
        const answer = await honest(bad)
        assert.ok(answer.length >= 5, "there is always an answer")
        if (bad.length >= HEAD_BYTES) listen(said, idOf(bad), answer)
      }
    }
    return async (body) => {
      const id = idOf(body)
      if (HOSTS_OWN.includes(id)) return await honest(body)
      if (!COMES_AFTER.includes(id)) await attack(body)
      const answer = await honest(body)
      listen(said, id, answer)
      if (COMES_AFTER.includes(id)) await attack(body)
      sent.push(body)
      return answer
    }
  }
  return {
    ...inProcess,
    worker() {
      const worker = new Worker({ crypto: nodeCrypto, engine: new LocalEngine(nodeCrypto) })
      const open = openInProcessLink(hostile(serveCalls(WORKER_CALLS, worker)), () => worker.wipe())
      return Promise.resolve(new WorkerHandle({ open, measurement, quoting, isolation }))
    },
  }
}

describe("a host on the pipe", () => {
  it("that replays, alters, truncates and mixes up messages through a whole life changes no outcome (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moves, { minLength: 5, maxLength: 30 }), async (script) => {
        const said: Said = { results: new Map(), batches: new Map() }
        const network = await (await TestNetwork.ready({ backend: attacked(script, said) })).deployed()
        const tasks = network.record(
          { calldata: lab.count() },
          { calldata: lab.revert("no") },
          { calldata: lab.random() },
          { calldata: lab.callback(addressOf("callee"), Uint8Array.of(1)), fields: { callbackGas: 1_000n } },
        )
        const results = await network.execute(1, tasks)
        assert.deepEqual(
          results.map(({ receipt }) => receipt.status),
          [RECEIPT_STATUS.Success, RECEIPT_STATUS.Failed, RECEIPT_STATUS.Success, RECEIPT_STATUS.Success],
        )
        assert.equal(tasks[0]!.open(results[0]!.output!, results[0]!.receipt.taskId).data[0], 1)
        await network.commit(1, { callbacksOk: false })
        await network.worker(1).collect(network.contract)
        network.openEpoch(2)
        await network.equip(2)
        await network.worker(2).replay(network.contract, network.deltas)
        const [last] = network.record({ calldata: lab.count() })
        const [counted] = await network.execute(2, [last!])
        assert.equal(
          last!.open(counted!.output!, counted!.receipt.taskId).data[0],
          2,
          "the failed callback left no trace",
        )
        await network.commit(2)
        for (const [place, bytes] of [...said.results, ...said.batches])
          assert.equal(bytes.size, 1, `two words about ${place}`)
        assert.ok(said.results.size >= 6 && said.batches.size >= 3)
        await network.stop()
      }),
      { numRuns: 5, seed: 5, endOnFailure: true },
    )
  })

  it("that runs two clones of a worker has one that can act: the other has another identity", async () => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    const clone = await network.backend.worker()
    const identity = await clone.configure(network.config)
    assert.notDeepEqual(identity, network.identities.get(1))
    await clone.advance(network.enigma.chain.proof(), 1, [network.contract], [2])
    await refuses("ENCLAVE_NOT_THIS_WORKER", () => clone.keyRequest(network.contract))
    await refuses("ENCLAVE_NOT_THIS_WORKER", () => clone.prepareBatch(network.contract))
    // Registered in the other's place, it is the other that can't any more.
    network.enigma.register(1, identity)
    network.enigma.chain.mine()
    await network.advance(1)
    await refuses("ENCLAVE_NOT_THIS_WORKER", () => network.worker(1).prepareBatch(network.contract))
    await clone.stop()
    await network.stop()
  })

  it("that freezes core and engine for a while gets the same bytes, later", async () => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    const [first, second] = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.execute(1, [first!])
    const pids = [...pidsOf(workerProgram.file), ...pidsOf(workerProgram.file, "engine")]
    assert.ok(pids.length >= 3, "two cores and an engine")
    for (const pid of pids) process.kill(pid, "SIGSTOP")
    let isDone = false
    const running = network
      .worker(1)
      .execute(network.contract, [{ queued: second!.queued, envelope: second!.envelope }])
    void running.then(() => {
      isDone = true
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(isDone, false)
    for (const pid of pids) process.kill(pid, "SIGCONT")
    const [result] = await running
    assert.equal(second!.open(result!.output!, result!.receipt.taskId).data[0], 2)
    await network.commit(1)
    await network.stop()
  })
})

describe("a program whose host", () => {
  const start = (): ChildProcess => {
    const [command, args] = detectIsolation().command(process.execPath, nodeArguments(workerProgram.file, 128, true))
    const child = spawn(command, args, { env: {}, cwd: "/", stdio: ["pipe", "pipe", "pipe"] })
    child.stdin!.on("error", () => undefined)
    return child
  }
  const ask = (number: number, id = WORKER_CALLS.queue.id): Uint8Array =>
    frameOf(concatBytes(encode(u32, number), encode(u16, id), addressOf("nobody")))

  it("cuts a frame off, or declares one above the bound, ends without a word", async () => {
    const whole = ask(1)
    for (const input of [
      whole.slice(0, 2),
      whole.slice(0, 9),
      Uint8Array.of(2, 0, 0, 1),
      Uint8Array.of(...whole, 0xff),
    ]) {
      const child = start()
      const said: Buffer[] = []
      child.stderr!.on("data", (chunk: Buffer) => said.push(chunk))
      child.stdout!.resume()
      child.stdin!.end(input)
      const [code] = (await once(child, "close")) as [number | null]
      assert.deepEqual([Buffer.concat(said).toString(), code === 0 || code === 70], ["", true])
    }
  })

  it("floods it without reading answers makes it wait, not grow; all are answered in order", async () => {
    const child = start()
    const total = 20_000
    const flood = concatBytes(...Array.from({ length: 1_000 }, (_, i) => ask(i, i % 2 === 0 ? 11 : 999)))
    for (let i = 0; i < total / 1_000; i++) child.stdin!.write(flood)
    await until(() => residentMb(child.pid!) > 30)
    for (let i = 0; i < 20; i++) {
      assert.ok(residentMb(child.pid!) < 300, `${residentMb(child.pid!)} MB`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const reader = new FrameReader()
    let seen = 0
    child.stdout!.on("data", (chunk: Uint8Array) => {
      for (const body of reader.push(chunk)) {
        const number = new DataView(body.buffer, body.byteOffset).getUint32(0)
        assert.equal(number, seen++ % 1_000)
        assert.equal(body[4], ANSWER.error)
      }
    })
    child.stdin!.end()
    await once(child, "close")
    assert.equal(seen, total)
  })
})

/** Memory of a process and what it became by exec. */
function residentMb(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return Number(kb ?? 0) / 1_024
  } catch {
    return 0
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); ) {
    assert.ok(Date.now() < deadline, "waited in vain")
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
