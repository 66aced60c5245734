import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { merkleProof, merkleProofs, merkleRoot, verifyMerkleProof } from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { protocolVectors } from "./support/vectors.ts"

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => keccak256(Uint8Array.of(i, i >> 8)))

describe("Merkle tree", () => {
  it("matches the vectors", () => {
    for (const v of protocolVectors.at("roots").list) {
      const leaves = v.at("leaves").list.map((leaf) => leaf.hex)
      assert.equal(toHex(merkleRoot(leaves)), v.at("root").text)
      v.at("proofs").list.forEach((proof, i) => {
        assert.deepEqual(
          merkleProof(leaves, i).map(toHex),
          proof.list.map((node) => node.text),
        )
      })
    }
  })

  it("proves every leaf of trees of any size, and only at its place's value", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (count, pick) => {
        const leaves = leavesOf(count)
        const at = pick % count
        const root = merkleRoot(leaves)
        const proof = merkleProof(leaves, at)
        const all = merkleProofs(leaves)
        assert.deepEqual([all.root, all.proofs[at], all.proofs.length], [root, proof, count])
        assert.equal(verifyMerkleProof(root, leaves[at]!, proof), true)
        assert.equal(verifyMerkleProof(root, keccak256(leaves[at]!), proof), false)
        if (count > 1) {
          assert.equal(verifyMerkleProof(root, leaves[(at + 1) % count]!, proof), false)
          assert.equal(verifyMerkleProof(root, leaves[at]!, proof.slice(1)), false)
          const bent = proof.map((node, i) => (i === 0 ? node.map((b, j) => (j === pick % 32 ? b ^ 1 : b)) : node))
          assert.equal(verifyMerkleProof(root, leaves[at]!, bent), false)
        }
      }),
    )
  })

  it("refuses empty trees, foreign places, and hostile proofs", () => {
    refuses("TREE_EMPTY", () => merkleRoot([]))
    refuses("TREE_EMPTY", () => merkleProof(leavesOf(3), 3))
    const [leaf] = leavesOf(1)
    assert.equal(verifyMerkleProof(leaf!, leaf!, []), true)
    assert.equal(verifyMerkleProof(leaf!, leaf!, [new Uint8Array(31)]), false)
    const long = new Array<Uint8Array>(33).fill(leaf!)
    const folded = long.slice(0, 32)
    assert.equal(verifyMerkleProof(leaf!, leaf!, long), false)
    assert.equal(verifyMerkleProof(leaf!, leaf!, folded), false)
  })
})
