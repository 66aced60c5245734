import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { isShallow } from "../src/rpc/json-depth.ts"

const depthOf = (value: unknown): number =>
  typeof value !== "object" || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf))

describe("depth of JSON", () => {
  it("is told without parsing, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, depthSize: "max" }), (value) => {
        const depth = depthOf(value)
        const text = JSON.stringify(value)
        assert.ok(isShallow(text, depth))
        if (depth > 0) assert.ok(!isShallow(text, depth - 1))
      }),
    )
  })

  it("does not count brackets in strings, whatever is escaped in them", () => {
    for (const inner of ["[[[[", '\\"[[[[', "\\\\", '[\\\\\\"[', "\\u005b[{"])
      assert.ok(isShallow(`["${inner}"]`, 1), inner)
    assert.ok(!isShallow('["\\\\",[[]]]', 2))
  })

  it("leaves what is no JSON to the parser, in linear time", () => {
    for (const text of ["", '"', '"\\', "]]]]", "[", "{", '"[', "nul"]) assert.ok(isShallow(text, 1))
    assert.ok(isShallow(`"${"\\\\".repeat(500_000)}`, 1))
    assert.ok(!isShallow("[".repeat(4_000_000), 8))
  })
})
