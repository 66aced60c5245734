import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { clientErrors } from "../src/errors.ts"

/** How an instruction to a reader begins. */
const DO =
  "ask|call|change|check|correct|create|deploy|deposit|give|import|list|lower|make|name|prepare|record|report|send|sign|split|switch|take|try|use|wait"
const INSTRUCTION = new RegExp(`(^|[.;,] (and )?|; )(${DO})\\b`, "i")
/** What its maker says what to do in. */
const IN_ITS_HINT = ["TIMED_OUT"]

describe("the error catalogue", () => {
  const entries = Object.entries(clientErrors.catalogue)

  it("has a stable code and a sentence for each", () => {
    for (const [code, message] of entries) {
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/)
      assert.match(message, /^([A-Z]|\{\w+\} )/, `${code} begins a sentence`)
      assert.match(message, /(\.|\. \{\w+\})$/, `${code} ends one, or with what others say`)
    }
  })

  it("says in each what to do", () => {
    for (const [code, message] of entries) {
      if (IN_ITS_HINT.includes(code)) assert.match(message, /\{hint\}$/)
      else assert.match(message, INSTRUCTION, code)
    }
  })

  it("has no sentence twice", () => {
    assert.equal(new Set(entries.map(([, message]) => message)).size, entries.length)
  })
})
