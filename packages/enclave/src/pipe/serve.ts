import {
  type Codec,
  concatBytes,
  decode,
  encode,
  MAX_PIPE_FRAME_BYTES,
  Reader,
  u16,
  u32,
} from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { Call, Calls } from "./calls.ts"
import { toWire, WireErrorCodec } from "./wire-error.ts"

export const ANSWER = { ok: 0, error: 1 } as const
const HEAD_BYTES = 6

/** Answers one request body with one answer body; whatever the request is, there is an answer. */
export type Serve = (request: Uint8Array) => Promise<Uint8Array>

type AnyHandlers = Readonly<Record<string, (request: never) => unknown>>

/**
 * Serves a table of calls: `u32 request number | u16 call | request` in, `u32 request number | u8 status | answer` out. One
 * call at a time, in order of arrival, so that what a program answers depends on nothing but what it was told before.
 */
export function serveCalls(calls: Calls, handlers: object): Serve {
  const byId = new Map<number, readonly [string, Call<unknown, unknown>]>(
    Object.entries(calls).map(([name, call]) => [call.id, [name, call as Call<unknown, unknown>]]),
  )
  const serveOne = async (body: Uint8Array): Promise<Uint8Array> => {
    let number = 0
    let name = "an unknown call"
    try {
      if (body.length < HEAD_BYTES) throw enclaveErrors.make("FRAME_MALFORMED", { why: "no head" })
      const reader = new Reader(body.subarray(0, HEAD_BYTES))
      number = u32.read(reader)
      const id = u16.read(reader)
      const entry = byId.get(id)
      if (entry === undefined) throw enclaveErrors.make("UNKNOWN_CALL", { id })
      name = entry[0]
      const { request, answer } = entry[1]
      const given = decode(request, body.subarray(HEAD_BYTES), MAX_PIPE_FRAME_BYTES)
      const result = await (handlers as AnyHandlers)[name]!(given as never)
      return answerOf(number, ANSWER.ok, answer, result)
    } catch (error) {
      return answerOf(number, ANSWER.error, WireErrorCodec, toWire(error, name))
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  return (body) => {
    const mine = last.then(() => serveOne(body))
    last = mine
    return mine
  }
}

/** An answer that does not fit a frame is an error of the call. */
function answerOf<T>(number: number, status: number, codec: Codec<T>, value: T): Uint8Array {
  const body = concatBytes(encode(u32, number), Uint8Array.of(status), encode(codec, value))
  if (body.length > MAX_PIPE_FRAME_BYTES)
    throw enclaveErrors.make("FRAME_TOO_LARGE", { got: body.length, max: MAX_PIPE_FRAME_BYTES })
  return body
}
