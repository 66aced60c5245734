import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { percentOf, readLcov, totalOf } from "../../scripts/contracts/lcov.ts"

const REPORT =
  "TN:\nSF:a.sol\nDA:3,1\nDA:4,0\nDA:9,12\nend_of_record\nTN:\nSF:b.sol\nDA:1,0\nend_of_record\nTN:\nSF:c.sol\nend_of_record\n"

describe("line coverage", () => {
  it("is read per file, with the lines missed", () => {
    const files = readLcov(REPORT)
    assert.deepEqual(files, [
      { file: "a.sol", lines: 3, covered: 2, missed: [4] },
      { file: "b.sol", lines: 1, covered: 0, missed: [1] },
      { file: "c.sol", lines: 0, covered: 0, missed: [] },
    ])
    assert.equal(percentOf(totalOf(files)), 50)
    assert.equal(percentOf(files[2]!), 100)
    assert.deepEqual(readLcov(""), [])
  })
})
