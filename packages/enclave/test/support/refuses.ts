import assert from "node:assert/strict"

/** Asserts the code of what an enclave refuses, as `SCOPE_CODE`, and shows what came instead. */
export async function refuses(name: string, run: () => Promise<unknown> | unknown): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (error instanceof Error && error.name === name) return
    throw error
  }
  assert.fail(`not refused: expected ${name}`)
}
