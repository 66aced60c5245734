import assert from "node:assert/strict"
import { verifyErrors } from "../../src/index.ts"

export type VerifyCode = keyof typeof verifyErrors.catalogue & string

/** Asserts the code and shows the error that came instead. */
export function refuses(code: VerifyCode, run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (verifyErrors.is(error, code)) return
    throw error
  }
  assert.fail(`not refused: expected ${code}`)
}

/** Every single-byte change of `bytes`, at most `limit` of them spread evenly. */
export function* tampered(bytes: Uint8Array, limit = Number.POSITIVE_INFINITY): Generator<Uint8Array> {
  const step = Math.max(1, Math.ceil(bytes.length / limit))
  for (let i = 0; i < bytes.length; i += step) yield bytes.map((b, j) => (i === j ? b ^ (1 + (i % 255)) : b))
}
