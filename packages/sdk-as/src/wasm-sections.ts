const HEADER_BYTES = 8
const CUSTOM = 0
const CODE = 10

type Section = { readonly id: number; readonly start: number; readonly content: number; readonly end: number }

/** The sections of a module that our own compiler made, in order. */
function* sections(wasm: Uint8Array): Generator<Section> {
  for (let start = HEADER_BYTES; start < wasm.length; ) {
    const size = readU32(wasm, start + 1)
    const end = size.end + size.value
    yield { id: wasm[start]!, start, content: size.end, end }
    start = end
  }
}

/**
 * A module without its custom sections: what stands beside a program's code and is not part of it. The compiler puts them
 * last, so that its source map holds for the rest as well.
 */
export function withoutCustomSections(wasm: Uint8Array): Uint8Array {
  const kept = [...sections(wasm)].filter(({ id }) => id !== CUSTOM).map(({ start, end }) => wasm.subarray(start, end))
  return new Uint8Array(Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...kept]))
}

/** Where the body of a function starts. @param position among the functions that are not imported */
export function bodyStart(wasm: Uint8Array, position: number): number | undefined {
  const code = [...sections(wasm)].find(({ id }) => id === CODE)
  if (code === undefined) return undefined
  const count = readU32(wasm, code.content)
  let at = count.end
  for (let i = 0; i < count.value; i++) {
    const size = readU32(wasm, at)
    if (i === position) return size.end
    at = size.end + size.value
  }
  return undefined
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
