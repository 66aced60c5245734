import { ByteReader } from "./byte-reader.ts"

const FUNCTION_NAMES = 1
const MAX_NAMES = 20_000
const MAX_SHOWN_CHARACTERS = 120
const utf8 = new TextDecoder()

/**
 * Function names of a "name" section, for explaining traps. It is debug information outside the semantics of the module:
 * when it can't be read there are no names, and the module is as valid as before.
 */
export function readFunctionNames(section: ByteReader): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  try {
    while (section.at < section.end) {
      const id = section.u8()
      const length = section.u32()
      const from = section.at
      section.take(length)
      if (id !== FUNCTION_NAMES) continue
      const reader = new ByteReader(section.bytes, from, section.at)
      for (let left = Math.min(reader.u32(), MAX_NAMES); left > 0; left--) {
        const index = reader.u32()
        names.set(index, utf8.decode(reader.take(reader.u32())).slice(0, MAX_SHOWN_CHARACTERS))
      }
    }
  } catch {
    return new Map()
  }
  return names
}
