import { ByteReader } from "./byte-reader.ts"

const MODULE_NAME = 0
const FUNCTION_NAMES = 1
const MAX_NAMES = 20_000
const MAX_SHOWN_CHARACTERS = 120
const utf8 = new TextDecoder()

export type ModuleNames = {
  /** "" when the section does not tell it. */
  readonly module: string
  /** By index, imports counted first. */
  readonly functions: ReadonlyMap<number, string>
}
export const NO_NAMES: ModuleNames = { module: "", functions: new Map() }

const text = (reader: ByteReader): string => utf8.decode(reader.take(reader.u32())).slice(0, MAX_SHOWN_CHARACTERS)

/**
 * A "name" section, for explaining traps. It is debug information outside the semantics of the module: when it can't be
 * read there are no names, and the module is as valid as before.
 */
export function readNames(section: ByteReader): ModuleNames {
  const functions = new Map<number, string>()
  let module = ""
  try {
    while (section.at < section.end) {
      const id = section.u8()
      const length = section.u32()
      const from = section.at
      section.take(length)
      const reader = new ByteReader(section.bytes, from, section.at)
      if (id === MODULE_NAME) module = text(reader)
      if (id !== FUNCTION_NAMES) continue
      for (let left = Math.min(reader.u32(), MAX_NAMES); left > 0; left--) functions.set(reader.u32(), text(reader))
    }
  } catch {
    return NO_NAMES
  }
  return { module, functions }
}
