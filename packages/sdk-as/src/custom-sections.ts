/** What stands beside a program's code: names and the source map's address. Not part of what a contract is. */

/** A module's code without its custom sections, and the functions' names where a "name" section had them. */
export type SplitModule = {
  readonly code: Uint8Array
  /** Names by function index, imports first; empty where there was no name. */
  readonly functionNames: readonly string[]
}

const HEADER_BYTES = 8
const CUSTOM = 0
const FUNCTION_NAMES = 1

/**
 * Takes the custom sections off a module that our own compiler made. The code section keeps its place, since the compiler
 * puts them last, so that a source map made for the whole holds for the rest.
 */
export function splitCustomSections(wasm: Uint8Array): SplitModule {
  const kept: Uint8Array[] = [wasm.subarray(0, HEADER_BYTES)]
  let functionNames: readonly string[] = []
  const reader = new Reader(wasm, HEADER_BYTES)
  while (reader.at < wasm.length) {
    const start = reader.at
    const id = reader.byte()
    const content = new Reader(wasm, reader.take(reader.u32()), reader.at)
    if (id !== CUSTOM) kept.push(wasm.subarray(start, reader.at))
    else if (content.text() === "name") functionNames = readFunctionNames(content)
  }
  return { code: new Uint8Array(Buffer.concat(kept)), functionNames }
}

function readFunctionNames(section: Reader): readonly string[] {
  const names: string[] = []
  while (section.at < section.end) {
    const id = section.byte()
    const content = new Reader(section.bytes, section.take(section.u32()), section.at)
    if (id !== FUNCTION_NAMES) continue
    for (let left = content.u32(); left > 0; left--) {
      const index = content.u32()
      names[index] = content.text()
    }
  }
  return Array.from(names, (name) => name ?? "")
}

class Reader {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
  constructor(bytes: Uint8Array, at: number, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }
  byte(): number {
    return this.bytes[this.at++]!
  }
  /** LEB128. */
  u32(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
  }
  /** Moves on over `size` bytes. @returns where they start */
  take(size: number): number {
    const start = this.at
    this.at += size
    return start
  }
  text(): string {
    const size = this.u32()
    return Buffer.from(this.bytes.subarray(this.take(size), this.at)).toString("utf8")
  }
}
