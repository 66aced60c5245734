import { readFileSync } from "node:fs"

const folder = process.env.NATIVE_WASM_DIR

/** @param name of a file in test/fixtures, without its ending */
const read = (name: string): Uint8Array =>
  new Uint8Array(
    readFileSync(
      folder === undefined ? new URL(`../fixtures/${name}.wasm`, import.meta.url) : `${folder}/${name}.wasm`,
    ),
  )

/**
 * A program built from the source beside it; `npm run test:native-wasm` builds them all anew and sets the folder, to run
 * the same tests on what comes out.
 */
export const fixture = (name: string): Uint8Array => read(`wasi/${name}`)

/** The contract that traps two calls deep, with its debug information in a version of DWARF. */
export const tillFixture = (version: 4 | 5): Uint8Array => read(`debug/till-dwarf${version}`)
