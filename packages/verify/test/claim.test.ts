import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type Claim, readFetched, readProven, verifyErrors } from "../src/index.ts"

/** Follows a list in storage: each word names the next slot, 0 ends it. */
function* listClaim(from: bigint): Claim<readonly bigint[]> {
  const seen: bigint[] = []
  for (let at = from; at !== 0n; ) {
    seen.push(at)
    const [next, fixed] = yield [at, 1000n]
    assert.equal(fixed, 5n)
    at = next!
  }
  return seen
}
const words = new Map([
  [1n, 7n],
  [7n, 3n],
  [3n, 0n],
  [1000n, 5n],
])
const view = { word: (slot: bigint) => words.get(slot) ?? 0n }

describe("claims", () => {
  it("read the same from a proof and from an RPC, and name every slot once", async () => {
    const asked: bigint[][] = []
    const fetched = await readFetched(listClaim(1n), async (slots) => {
      asked.push([...slots])
      return slots.map(view.word)
    })
    assert.deepEqual(fetched.value, readProven(listClaim(1n), view))
    assert.deepEqual([...fetched.slots].sort(), [1000n, 1n, 3n, 7n].sort())
    assert.deepEqual(asked, [[1n, 1000n], [7n], [3n]])
  })

  it("fail where the claim fails, and when an RPC answers with fewer words", async () => {
    await assert.rejects(
      readFetched(listClaim(1n), async () => [0n]),
      (e) => verifyErrors.is(e, "WRONG_WORDS"),
    )
    await assert.rejects(
      readFetched(listClaim(1n), async () => {
        throw new TypeError("network")
      }),
      TypeError,
    )
  })
})
