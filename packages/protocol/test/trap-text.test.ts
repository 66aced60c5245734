import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { MAX_TRAP_CALLERS, readTrapText, trapDetail } from "../src/index.ts"

const place = fc.record({
  functionIndex: fc.nat(10_000),
  offsetBytes: fc.nat(1_048_576),
  functionName: fc.string({ unit: "binary" }),
  callers: fc.array(
    fc.record({ functionIndex: fc.nat(999_999_999), offsetBytes: fc.nat(999_999_999) }, { noNullPrototype: true }),
    {
      maxLength: MAX_TRAP_CALLERS,
    },
  ),
})

describe("trap text", () => {
  it("says kind, function, byte, name and what more there is", () => {
    const detail = trapDetail(
      { functionIndex: 12, offsetBytes: 420, functionName: "Shop#pay", callers: [] },
      "no stock",
    )
    assert.equal(detail, "function 12, byte 420 in Shop#pay: no stock")
    assert.equal(
      trapDetail({ functionIndex: 1, offsetBytes: 2, functionName: "", callers: [] }, ""),
      "function 1, byte 2",
    )
    const callers = [
      { functionIndex: 3, offsetBytes: 77 },
      { functionIndex: 9, offsetBytes: 5 },
    ]
    assert.equal(
      trapDetail({ functionIndex: 1, offsetBytes: 2, functionName: "f", callers }, "x"),
      "function 1, byte 2 from 3:77 9:5 in f: x",
    )
    assert.equal(trapDetail(undefined, "told to"), "told to")
  })

  it("reads back whatever the contract's names and words are", () => {
    fc.assert(
      fc.property(place, fc.string({ unit: "binary" }), (at, more) => {
        const text = `unreachable: ${trapDetail(at, more)}`
        const functionName = at.functionName.replaceAll(": ", ":").replace(/:$/, "")
        assert.deepEqual(readTrapText(text), { trap: "unreachable", place: { ...at, functionName }, more })
      }),
    )
  })

  it("keeps a name from passing for more than a name", () => {
    for (const [functionName, told] of [
      ["a: told to", "a:told to"],
      ["a:", "a"],
    ] as const) {
      const text = `unreachable: ${trapDetail({ functionIndex: 1, offsetBytes: 2, functionName, callers: [] }, "more")}`
      assert.deepEqual(readTrapText(text)?.place?.functionName, told)
      assert.equal(readTrapText(text)?.more, "more")
    }
  })

  it("tells other texts apart", () => {
    assert.deepEqual(readTrapText("host-misuse: too large"), {
      trap: "host-misuse",
      place: undefined,
      more: "too large",
    })
    assert.equal(readTrapText("no trap at all"), undefined)
    assert.equal(readTrapText("Division: function 1, byte 2"), undefined)
  })
})
