import { FrameReader, frameOf } from "./frames.ts"
import type { Serve } from "./serve.ts"

/** The streams a program is given; nothing else connects it to the world. */
export interface ProgramStreams {
  readonly input: AsyncIterable<Uint8Array>
  /** Resolves when the bytes are taken: a host that does not read makes the program wait, not grow. */
  write(bytes: Uint8Array): Promise<void>
}

/** Reads frames, answers them, and returns when the input has ended or can't be read on. */
export async function runProgram(serve: Serve, { input, write }: ProgramStreams): Promise<void> {
  const reader = new FrameReader()
  for await (const chunk of input) for (const body of reader.push(chunk)) await write(frameOf(await serve(body)))
}
