import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { concatBytes, encode, MAX_PIPE_FRAME_BYTES, Reader, struct, u8, u16, u32 } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { enclaveErrors } from "../src/errors.ts"
import { Caller } from "../src/pipe/caller.ts"
import { KEY_MANAGER_CALLS, WORKER_CALLS } from "../src/pipe/calls.ts"
import { FrameReader, frameOf } from "../src/pipe/frames.ts"
import { runProgram } from "../src/pipe/run-program.ts"
import { ANSWER, serveCalls } from "../src/pipe/serve.ts"
import { fromWire, toWire } from "../src/pipe/wire-error.ts"
import { refuses } from "./support/refuses.ts"

const number = struct("number", { value: u32 })
const CALLS = {
  double: { id: 1, request: number, answer: number, timeoutMs: 1_000 },
  fail: { id: 2, request: number, answer: number, timeoutMs: 1_000 },
  hang: { id: 3, request: number, answer: number, timeoutMs: 20 },
} as const
const handlers = {
  double: ({ value }: { value: number }) => ({ value: 2 * value }),
  fail({ value }: { value: number }): { value: number } {
    if (value === 0) throw enclaveErrors.make("NOT_DRAWN", { epoch: 7 })
    throw new Error("plaintext: attack at dawn")
  },
  hang: () => new Promise<{ value: number }>(() => undefined),
}

/** A caller and a served table, connected without a process. */
function connected() {
  const serve = serveCalls(CALLS, handlers)
  const broken: string[] = []
  const caller: Caller<typeof CALLS> = new Caller(
    CALLS,
    (body) => void serve(body).then((answer) => caller.receive(answer)),
    (why) => broken.push(why),
  )
  return { caller, serve, broken }
}

const request = (id: number, call: number, body: Uint8Array): Uint8Array =>
  concatBytes(encode(u32, id), encode(u16, call), body)

describe("frames", () => {
  it("come out as they went in, however the stream is cut (property)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (bodies, cuts) => {
          const stream = concatBytes(...bodies.map(frameOf))
          const reader = new FrameReader()
          const out: Uint8Array[] = []
          for (let at = 0, i = 0; at < stream.length; i++) {
            const end = at + cuts[i % cuts.length]!
            out.push(...reader.push(stream.subarray(at, end)))
            at = end
          }
          assert.deepEqual(out, bodies)
        },
      ),
    )
  })

  it("of a length above the bound are refused before anything is kept for them", async () => {
    const length = encode(u32, MAX_PIPE_FRAME_BYTES + 1)
    await refuses("ENCLAVE_FRAME_TOO_LARGE", () => [...new FrameReader().push(length)])
  })

  it("are copies: a buffer that changes afterwards changes nothing", () => {
    const buffer = Buffer.from(frameOf(Uint8Array.of(1, 2, 3)))
    const [body] = [...new FrameReader().push(buffer)]
    buffer.fill(9)
    assert.deepEqual(body, Uint8Array.of(1, 2, 3))
  })
})

describe("calls", () => {
  it("carry a request in and an answer out", async () => {
    const { caller } = connected()
    const answers = await Promise.all([1, 2, 3].map((value) => caller.call("double", { value })))
    assert.deepEqual(
      answers.map(({ value }) => value),
      [2, 4, 6],
    )
  })

  it("carry refusals as code and data, and nothing of a fault's text", async () => {
    const { caller } = connected()
    await refuses("ENCLAVE_NOT_DRAWN", () => caller.call("fail", { value: 0 }))
    const fault = await caller.call("fail", { value: 1 }).catch((error: Error) => error)
    assert.equal((fault as Error).name, "ENCLAVE_INTERNAL")
    assert.ok(!JSON.stringify([fault, (fault as Error).message]).includes("dawn"))
  })

  it("of a host that sends nonsense are answered with an error each, and the next one works", async () => {
    const { serve } = connected()
    const body = encode(number, { value: 4 })
    for (const [bad, name] of [
      [new Uint8Array(0), "ENCLAVE_FRAME_MALFORMED"],
      [Uint8Array.of(1, 2, 3), "ENCLAVE_FRAME_MALFORMED"],
      [request(1, 99, body), "ENCLAVE_UNKNOWN_CALL"],
      [request(1, 1, body.slice(1)), "PROTOCOL_TOO_SHORT"],
      [request(1, 1, concatBytes(body, body)), "PROTOCOL_TRAILING_BYTES"],
    ] as const) {
      const answer = await serve(bad)
      assert.equal(answer[4], ANSWER.error)
      const codes = new TextDecoder().decode(answer)
      assert.ok(codes.includes(name.slice(name.indexOf("_") + 1)), `${name} in ${codes}`)
    }
    const answer = await serve(request(5, 1, body))
    assert.deepEqual([...answer], [0, 0, 0, 5, ANSWER.ok, 0, 0, 0, 8])
  })

  it("of random bytes never break the server (property)", async () => {
    const { serve } = connected()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const answer = await serve(bytes)
        const reader = new Reader(answer.subarray(0, 5))
        u32.read(reader)
        assert.ok([ANSWER.ok, ANSWER.error].includes(u8.read(reader) as 0 | 1))
      }),
    )
  })

  it("that are not answered in time, or answered with nonsense, end in an error and break the link", async () => {
    const { caller, broken } = connected()
    await refuses("ENCLAVE_TIMED_OUT", () => caller.call("hang", { value: 1 }))
    assert.equal(broken.length, 1)
    const answers: Uint8Array[] = []
    const other = new Caller(
      CALLS,
      (body) => answers.push(body),
      (why) => broken.push(why),
    )
    other.receive(Uint8Array.of(1))
    other.receive(concatBytes(encode(u32, 77), Uint8Array.of(0)))
    const short = other.call("double", { value: 1 })
    other.receive(concatBytes(encode(u32, 1), Uint8Array.of(0, 1)))
    await refuses("PROTOCOL_TOO_SHORT", () => short)
    assert.equal(broken.length, 4)
  })

  it("have their time from when their turn comes: a long one makes none late that waits behind it", async () => {
    let release: (() => void) | undefined
    const calls = { long: { ...CALLS.double, timeoutMs: 60_000 }, hang: { ...CALLS.hang, timeoutMs: 30 } } as const
    const serve = serveCalls(calls, {
      long: ({ value }: { value: number }) =>
        new Promise((resolve) => {
          release = () => resolve({ value })
        }),
      hang: ({ value }: { value: number }) => ({ value }),
    })
    const broken: string[] = []
    const caller: Caller<typeof calls> = new Caller(
      calls,
      (body) => void serve(body).then((answer) => caller.receive(answer)),
      (why) => broken.push(why),
    )
    const [long, short] = [caller.call("long", { value: 1 }), caller.call("hang", { value: 2 })]
    // Longer than the short one may take, were it alone.
    await new Promise((resolve) => setTimeout(resolve, 60))
    release!()
    assert.deepEqual([(await long).value, (await short).value, broken], [1, 2, []])
  })

  it("answered out of turn, twice, or as another's are a broken program", async () => {
    const ok = (number: number) => concatBytes(encode(u32, number), Uint8Array.of(ANSWER.ok), encode(u32, 9))
    for (const forged of [[2], [1, 1], [3], [0]]) {
      const broken: string[] = []
      const caller = new Caller(
        CALLS,
        () => undefined,
        (why) => broken.push(why),
      )
      const calls = [1, 2].map((value) => caller.call("double", { value }).catch(() => undefined))
      for (const number of forged) caller.receive(ok(number))
      assert.deepEqual(broken, ["an answer to nothing, or out of turn"], `answers ${forged}`)
      caller.end("aborted")
      await Promise.all(calls)
    }
  })

  it("that wait when the program ends are told, and so are later ones", async () => {
    const caller = new Caller(
      CALLS,
      () => undefined,
      () => undefined,
    )
    const waiting = caller.call("hang", { value: 1 })
    caller.end("killed")
    await refuses("ENCLAVE_ENDED", () => waiting)
    await refuses("ENCLAVE_ENDED", () => caller.call("double", { value: 1 }))
  })

  it("have numbers of their own", () => {
    for (const calls of [WORKER_CALLS, KEY_MANAGER_CALLS]) {
      const ids = Object.values(calls).map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length)
    }
  })
})

describe("a program", () => {
  it("answers a flood in order, waiting for a host that does not read", async () => {
    const serve = serveCalls(CALLS, handlers)
    const body = encode(number, { value: 4 })
    let released: () => void = () => undefined
    const written: Uint8Array[] = []
    const input = (async function* () {
      for (let i = 0; i < 100; i++) yield frameOf(request(i, 1, body))
    })()
    const running = runProgram(serve, {
      input,
      write: (bytes) =>
        new Promise((resolve) => {
          written.push(bytes)
          released = resolve
        }),
    })
    while (written.length < 100) {
      const before = written.length
      await new Promise(setImmediate)
      assert.ok(written.length <= before + 1, "no answer is made while one waits to be taken")
      released()
    }
    released()
    await running
    assert.deepEqual(
      written.map((frame) => frame[7]),
      Array.from({ length: 100 }, (_, i) => i),
    )
  })
})

describe("a program whose input has ended", () => {
  const never = new Promise<Uint8Array>(() => undefined)

  it("ends though an answer is still to come, and gives what is ready a moment", { timeout: 5_000 }, async () => {
    const input = (async function* () {
      yield frameOf(request(1, 1, encode(number, { value: 4 })))
    })()
    const written: Uint8Array[] = []
    const write = (bytes: Uint8Array) => Promise.resolve(void written.push(bytes))
    await runProgram(() => never, { input, write }, 1)
    assert.deepEqual(written, [])
    const again = (async function* () {
      yield frameOf(request(1, 1, encode(number, { value: 4 })))
    })()
    await runProgram(serveCalls(CALLS, handlers), { input: again, write }, 60_000)
    assert.equal(written.length, 1)
  })

  it("sees the end behind what was sent ahead, of which it keeps no more than a frame's worth", async () => {
    let taken = 0
    const input = (async function* () {
      for (; taken < 40; taken++) yield frameOf(new Uint8Array(1_048_576))
    })()
    const running = runProgram(() => never, { input, write: () => Promise.resolve() }, 1)
    for (let i = 0; i < 200; i++) await new Promise(setImmediate)
    assert.ok(taken * 1_048_576 <= MAX_PIPE_FRAME_BYTES + 2 * 1_048_576, `${taken} MiB`)
    assert.equal(await Promise.race([running, Promise.resolve("waits")]), "waits")
  })

  it("keeps no more of a flood of empty requests", async () => {
    let taken = 0
    const input = (async function* () {
      for (; taken < 100_000; taken++) yield frameOf(new Uint8Array())
    })()
    void runProgram(() => never, { input, write: () => Promise.resolve() }, 1)
    for (let i = 0; i < 200; i++) await new Promise(setImmediate)
    assert.ok(taken > 1_000 && taken < 10_000, `${taken} requests`)
  })

  it("ends with an error of its output while the input stays open", { timeout: 5_000 }, async () => {
    const input = (async function* () {
      yield frameOf(request(1, 1, encode(number, { value: 4 })))
      await never
    })()
    const write = () => Promise.reject(new Error("closed"))
    await assert.rejects(runProgram(serveCalls(CALLS, handlers), { input, write }, 60_000), /closed/)
  })

  it("ends with an error of its output", async () => {
    const input = (async function* () {
      yield frameOf(request(1, 1, encode(number, { value: 4 })))
    })()
    const write = () => Promise.reject(new Error("closed"))
    await assert.rejects(runProgram(serveCalls(CALLS, handlers), { input, write }, 60_000), /closed/)
  })
})

describe("an error on the pipe", () => {
  it("keeps its type, code and data", () => {
    const error = enclaveErrors.make("HEADER_OLDER", { got: 5n, newest: 9n })
    const back = fromWire(toWire(error, "advance"))
    assert.equal(back.name, error.name)
    assert.equal(back.message, error.message)
    assert.deepEqual((back as typeof error).data, error.data)
  })

  it("of no catalogue tells nothing but the call", () => {
    for (const error of [new Error("secret"), new TypeError("secret"), "secret", undefined, { code: "secret" }]) {
      const wire = toWire(error, "execute")
      assert.deepEqual([wire.scope, wire.code], ["ENCLAVE", "INTERNAL"])
      assert.ok(!JSON.stringify(wire).includes("secret"))
    }
  })
})
