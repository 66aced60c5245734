import { concatBytes, decode, encode, MAX_PIPE_FRAME_BYTES, Reader, u8, u16, u32 } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { AnswerOf, Call, Calls, RequestOf } from "./calls.ts"
import { ANSWER } from "./serve.ts"
import { fromWire, WireErrorCodec } from "./wire-error.ts"

const HEAD_BYTES = 5

interface Waiting {
  readonly name: string
  readonly call: Call<unknown, unknown>
  resolve(answer: unknown): void
  reject(error: Error): void
}

/**
 * The host's end of the pipe: numbers its calls, checks answers, and never waits for ever. A program answers in the order in which it
 * was asked, one call after the other, so a call's time runs from when its turn comes: a long task must not make what waits
 * behind it look like a program that hangs.
 */
export class Caller<T extends Calls> {
  readonly #calls: T
  readonly #send: (body: Uint8Array) => void
  readonly #onBroken: (why: string) => void
  /** In the order of their turns. */
  readonly #waiting = new Map<number, Waiting>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #next = 1
  #ended: string | undefined

  /** `onBroken`: an answer is late or makes no sense; the program can't be relied on any more. */
  constructor(calls: T, send: (body: Uint8Array) => void, onBroken: (why: string) => void) {
    this.#calls = calls
    this.#send = send
    this.#onBroken = onBroken
  }

  /** @throws what the program answered, ENCLAVE_ENDED, ENCLAVE_TIMED_OUT, ENCLAVE_FRAME_TOO_LARGE, PROTOCOL_* */
  call<N extends keyof T & string>(name: N, request: RequestOf<T[N]>): Promise<AnswerOf<T[N]>> {
    const call = this.#calls[name] as Call<unknown, unknown>
    const number = this.#next++
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw enclaveErrors.make("ENDED", { detail: this.#ended })
      const body = concatBytes(encode(u32, number), encode(u16, call.id), encode(call.request, request))
      if (body.length > MAX_PIPE_FRAME_BYTES)
        throw enclaveErrors.make("FRAME_TOO_LARGE", { got: body.length, max: MAX_PIPE_FRAME_BYTES })
      this.#waiting.set(number, { name, call, resolve: resolve as (answer: unknown) => void, reject })
      if (this.#waiting.size === 1) this.#startTurn()
      this.#send(body)
    })
  }

  /** Takes a frame's body from the program. */
  receive(body: Uint8Array): void {
    const reader = new Reader(body.subarray(0, HEAD_BYTES))
    const [turn] = this.#waiting.keys()
    if (body.length < HEAD_BYTES || u32.read(reader) !== turn) {
      this.#onBroken("an answer to nothing, or out of turn")
      return
    }
    const waiting = this.#endTurn()!
    const status = u8.read(reader)
    try {
      const rest = body.subarray(HEAD_BYTES)
      if (status === ANSWER.ok) waiting.resolve(decode(waiting.call.answer, rest, MAX_PIPE_FRAME_BYTES))
      else waiting.reject(fromWire(decode(WireErrorCodec, rest, MAX_PIPE_FRAME_BYTES)))
    } catch (error) {
      waiting.reject(error as Error)
      this.#onBroken("an answer that can't be read")
    }
  }

  /** Nothing more will come. */
  end(detail: string): void {
    this.#ended = detail
    clearTimeout(this.#timer)
    for (const { reject } of this.#waiting.values()) reject(enclaveErrors.make("ENDED", { detail }))
    this.#waiting.clear()
  }

  #timedOut(): void {
    const { name, call, reject } = this.#endTurn()!
    reject(enclaveErrors.make("TIMED_OUT", { call: name, timeoutMs: call.timeoutMs }))
    this.#onBroken(`no answer to ${name} in time`)
  }

  #startTurn(): void {
    const [next] = this.#waiting.values()
    if (next !== undefined) this.#timer = setTimeout(() => this.#timedOut(), next.call.timeoutMs)
  }

  /** Takes the call whose turn it is out of the line. */
  #endTurn(): Waiting | undefined {
    clearTimeout(this.#timer)
    const [first] = this.#waiting
    if (first === undefined) return undefined
    this.#waiting.delete(first[0])
    this.#startTurn()
    return first[1]
  }
}
