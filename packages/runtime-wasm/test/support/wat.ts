import wabtInit from "wabt"

const wabt = await wabtInit()

/** Bytes of a module in text format. */
export function wat(text: string): Uint8Array {
  const module = wabt.parseWat("test.wat", text, {
    bulk_memory: true,
    sign_extension: true,
    mutable_globals: true,
    simd: true,
    threads: true,
    exceptions: true,
    tail_call: true,
    multi_value: true,
    reference_types: true,
  })
  try {
    return module.toBinary({ write_debug_names: true }).buffer.slice()
  } finally {
    module.destroy()
  }
}

/** Text of a module, with names as wabt makes them up. */
export function watOf(bytes: Uint8Array): string {
  const module = wabt.readWasm(bytes, {
    readDebugNames: false,
    bulk_memory: true,
    sign_extension: true,
    mutable_globals: true,
  })
  try {
    module.generateNames()
    module.applyNames()
    return module.toText({ foldExprs: false, inlineExport: false })
  } finally {
    module.destroy()
  }
}

/** Where bytes stand in a module for the last time. */
export function offsetOf(code: Uint8Array, bytes: readonly number[]): number {
  const found = Array.from(code.keys()).filter((at) => bytes.every((byte, i) => code[at + i] === byte))
  if (found.length === 0) throw new Error(`no ${bytes} in the module`)
  return found.at(-1)!
}
