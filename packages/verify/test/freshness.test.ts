import { describe, it } from "node:test"
import { checkFreshness } from "../src/index.ts"
import { refuses } from "./support/checks.ts"

describe("freshness", () => {
  it("wants both the record and the block", () => {
    const wanted = { index: 5, blockNumber: 100n }
    checkFreshness({ index: 5, blockNumber: 100n }, wanted)
    checkFreshness({ index: 9, blockNumber: 400n }, wanted)
    checkFreshness({ index: -1, blockNumber: 1n }, { index: -1, blockNumber: 0n })
    refuses("STALE", () => checkFreshness({ index: 4, blockNumber: 400n }, wanted))
    refuses("STALE", () => checkFreshness({ index: 9, blockNumber: 99n }, wanted))
  })
})
