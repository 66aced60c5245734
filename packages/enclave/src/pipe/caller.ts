import { concatBytes, decode, encode, MAX_PIPE_FRAME_BYTES, Reader, u8, u16, u32 } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { AnswerOf, Call, Calls, RequestOf } from "./calls.ts"
import { ANSWER } from "./serve.ts"
import { fromWire, WireErrorCodec } from "./wire-error.ts"

const HEAD_BYTES = 5

interface Waiting {
  readonly name: string
  readonly call: Call<unknown, unknown>
  readonly timer: ReturnType<typeof setTimeout>
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** The host's end of the pipe: numbers its calls, checks answers, and never waits for ever. */
export class Caller<T extends Calls> {
  readonly #calls: T
  readonly #send: (body: Uint8Array) => void
  readonly #onBroken: (why: string) => void
  readonly #waiting = new Map<number, Waiting>()
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
      const timer = setTimeout(() => this.#timedOut(number), call.timeoutMs)
      this.#waiting.set(number, { name, call, timer, resolve: resolve as (answer: unknown) => void, reject })
      this.#send(body)
    })
  }

  /** Takes a frame's body from the program. */
  receive(body: Uint8Array): void {
    const reader = new Reader(body.subarray(0, HEAD_BYTES))
    const waiting = body.length < HEAD_BYTES ? undefined : this.#take(u32.read(reader))
    if (waiting === undefined) {
      this.#onBroken("an answer to nothing")
      return
    }
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
    for (const number of [...this.#waiting.keys()]) this.#take(number)?.reject(enclaveErrors.make("ENDED", { detail }))
  }

  #timedOut(number: number): void {
    const waiting = this.#take(number)
    if (waiting === undefined) return
    const { name, call } = waiting
    waiting.reject(enclaveErrors.make("TIMED_OUT", { call: name, timeoutMs: call.timeoutMs }))
    this.#onBroken(`no answer to ${name} in time`)
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    clearTimeout(waiting?.timer)
    return waiting
  }
}
