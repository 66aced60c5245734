import { concatBytes, MAX_PIPE_FRAME_BYTES } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"

const LENGTH_BYTES = 4

/** `u32 length | body`, both ways. @throws ENCLAVE_FRAME_TOO_LARGE */
export function frameOf(body: Uint8Array): Uint8Array {
  if (body.length > MAX_PIPE_FRAME_BYTES)
    throw enclaveErrors.make("FRAME_TOO_LARGE", { got: body.length, max: MAX_PIPE_FRAME_BYTES })
  const frame = new Uint8Array(LENGTH_BYTES + body.length)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, LENGTH_BYTES)
  return frame
}

/** Cuts a byte stream into frames. A length above the bound is refused before anything is kept for it. */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #available = 0

  #length(): number | undefined {
    if (this.#available < LENGTH_BYTES) return undefined
    if (this.#chunks[0]!.length < LENGTH_BYTES) this.#chunks = [concatBytes(...this.#chunks)]
    const first = this.#chunks[0]!
    const length = new DataView(first.buffer, first.byteOffset).getUint32(0)
    if (length > MAX_PIPE_FRAME_BYTES)
      throw enclaveErrors.make("FRAME_TOO_LARGE", { got: length, max: MAX_PIPE_FRAME_BYTES })
    return length
  }

  /** Bodies completed by this chunk, in order. @throws ENCLAVE_FRAME_TOO_LARGE; the stream can't be read on then */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    // A view as a plain array: a Buffer's `slice` would alias.
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#available += chunk.length
    for (;;) {
      const length = this.#length()
      if (length === undefined || this.#available < LENGTH_BYTES + length) return
      yield this.#take(LENGTH_BYTES + length).slice(LENGTH_BYTES)
    }
  }

  #take(size: number): Uint8Array {
    const joined = this.#chunks.length === 1 ? this.#chunks[0]! : concatBytes(...this.#chunks)
    const rest = joined.subarray(size)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#available -= size
    return joined.subarray(0, size)
  }
}
