import { MAX_PIPE_FRAME_BYTES } from "@enigma-discovery/protocol"
import { FrameReader, frameOf } from "./frames.ts"
import type { Serve } from "./serve.ts"

/** The streams a program is given; nothing else connects it to the world. */
export interface ProgramStreams {
  readonly input: AsyncIterable<Uint8Array>
  /** Resolves when the bytes are taken: a host that does not read makes the program wait, not grow. */
  write(bytes: Uint8Array): Promise<void>
}

/** How long what was asked for may still take when the input has ended: whoever asked is gone, or wants the program to end. */
const END_GRACE_MS = 1_000
/** Requests read ahead of the one at work, in bytes; the end of the input is seen behind so much. */
const AHEAD_BYTES = MAX_PIPE_FRAME_BYTES
/** What a request costs besides its bytes until it is answered: a flood of empty ones must not fill the memory. */
const REQUEST_BYTES = 4_096

/**
 * Reads frames, answers them in order, and returns when the input has ended or can't be read on. It reads on while it
 * answers, so that the end of the input ends a program that waits for something else.
 */
export async function runProgram(
  serve: Serve,
  { input, write }: ProgramStreams,
  endGraceMs = END_GRACE_MS,
): Promise<void> {
  let last = Promise.resolve()
  let aheadBytes = 0
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined) // it is awaited below, if anything is
  const answer = async (body: Uint8Array) => {
    await write(frameOf(await serve(body)))
    aheadBytes -= body.length + REQUEST_BYTES
  }
  const reader = new FrameReader()
  const chunks = input[Symbol.asyncIterator]()
  const next = () => Promise.race([chunks.next(), failed.promise])
  for (let read = await next(); read.done !== true; read = await next()) {
    for (const body of reader.push(read.value)) {
      aheadBytes += body.length + REQUEST_BYTES
      last = last.then(() => answer(body))
      last.catch(failed.reject)
      while (aheadBytes > AHEAD_BYTES) await Promise.race([last, failed.promise])
    }
  }
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, endGraceMs)
  await Promise.race([last, failed.promise, over.promise]).finally(() => clearTimeout(timer))
}
