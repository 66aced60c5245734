import { readFileSync } from "node:fs"

const folder = process.env.NATIVE_WASM_DIR

/**
 * A program built from the source beside it; `npm run test:native-wasm` builds them all anew and sets the folder, to run
 * the same tests on what comes out.
 */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(
    readFileSync(
      folder === undefined ? new URL(`../fixtures/wasi/${name}.wasm`, import.meta.url) : `${folder}/${name}.wasm`,
    ),
  )
