const HEADER_BYTES = 8
const CUSTOM = 0

/**
 * A module without its custom sections: what stands beside a program's code and is not part of it. The compiler puts them
 * last, so that its source map holds for the rest as well.
 * @param wasm a module that our own compiler made
 */
export function withoutCustomSections(wasm: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [wasm.subarray(0, HEADER_BYTES)]
  for (let at = HEADER_BYTES; at < wasm.length; ) {
    const size = readU32(wasm, at + 1)
    if (wasm[at] !== CUSTOM) kept.push(wasm.subarray(at, size.end + size.value))
    at = size.end + size.value
  }
  return new Uint8Array(Buffer.concat(kept))
}

/** LEB128. */
function readU32(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let at = start, shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    value |= (byte & 127) << shift
    if (byte < 128) return { value: value >>> 0, end: at }
  }
}
