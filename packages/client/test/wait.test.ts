import assert from "node:assert/strict"
import { it } from "node:test"
import { unlessAborted } from "../src/internal/wait.ts"

it("lets go of work that fails after an abort, without an unhandled rejection", async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on("unhandledRejection", note)
  try {
    const reason = new Error("enough")
    await assert.rejects(unlessAborted(Promise.reject(reason), AbortSignal.abort(reason)), reason)
    await new Promise((resolve) => setImmediate(resolve)) // unhandled rejections are told before
    assert.deepEqual(unhandled, [])
  } finally {
    process.off("unhandledRejection", note)
  }
})
