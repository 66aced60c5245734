import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { blsPublicKey, blsSign, keccak256, newBlsSecretKey } from "@enigma-discovery/crypto"
import { BEACON_DST, PRF_DST, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import {
  beaconMessageClaim,
  checkBeacon,
  epochOfBlockClaim,
  epochStateClaim,
  readProven,
  seedClaim,
} from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { EnigmaModel, seedOf } from "./support/enigma-model.ts"
import { config, fill } from "./support/fixtures.ts"
import { protocolVectors } from "./support/vectors.ts"

/** Epoch e was opened at block 40e + 3. */
function opened(present: number): EnigmaModel {
  const model = new EnigmaModel()
  const kept = Array.from({ length: Math.min(present, 64) }, (_, i) => present - i).reverse()
  model.setEpochs(
    present,
    kept.map((epoch) => [epoch, BigInt(40 * epoch + 3)] as const),
  )
  return model
}
const epochOf = (model: EnigmaModel, block: bigint) =>
  readProven(epochOfBlockClaim(block, readProven(epochStateClaim(), model)), model)

describe("epoch of a block", () => {
  it("is the newest opened strictly before it", () => {
    const model = opened(5)
    assert.equal(epochOf(model, 500n), 5)
    assert.equal(epochOf(model, 204n), 5)
    assert.equal(epochOf(model, 203n), 4, "the block of an opening belongs to the epoch before")
    assert.equal(epochOf(model, 164n), 4)
    assert.equal(epochOf(model, 163n), 3)
    assert.equal(epochOf(model, 44n), 1)
    assert.equal(epochOf(model, 43n), 0)
    assert.equal(epochOf(model, 1n), 0)
  })

  it("is 0 before any opening", () => {
    assert.equal(epochOf(opened(0), 100n), 0)
  })

  it("is refused when older than the ring, never guessed", () => {
    const model = opened(100) // the ring holds 37..100
    assert.equal(epochOf(model, BigInt(40 * 37 + 4)), 37)
    refuses("EPOCH_GONE", () => epochOf(model, BigInt(40 * 37 + 3)))
    refuses("EPOCH_GONE", () => epochOf(model, 1n))
    assert.equal(epochOf(opened(64), 1n), 0, "64 epochs are all still known")
  })

  it("is refused when the ring holds another epoch in that place", () => {
    const model = opened(5)
    model.setEpochs(5, [
      [5, 203n],
      [67, 9n],
    ]) // 67 mod 64 = 3
    assert.equal(epochOf(model, 200n), 4)
    refuses("EPOCH_GONE", () => epochOf(model, 100n))
  })
})

describe("seed", () => {
  it("is read for epochs in the ring only", () => {
    const model = opened(70)
    assert.deepEqual(readProven(seedClaim(70, 70), model), seedOf("seed 70"))
    assert.deepEqual(readProven(seedClaim(7, 70), model), seedOf("seed 7"))
    refuses("EPOCH_GONE", () => readProven(seedClaim(6, 70), model))
    refuses("EPOCH_GONE", () => readProven(seedClaim(71, 70), model))
    refuses("EPOCH_GONE", () => readProven(seedClaim(0, 0), new EnigmaModel()))
  })
})

describe("beacon", () => {
  it("message is built from the proven block, and only for the last block before a scheduled start", () => {
    const v = protocolVectors.at("beacon")
    const forVector = {
      chainId: protocolVectors.at("chainId").big,
      enigma: protocolVectors.at("enigma").hex,
      epochLengthBlocks: 40,
    }
    const model = opened(v.at("epoch").int - 1)
    const header = { number: 399n, hash: v.at("blockHash").hex }
    const read = (epoch: number, number = 399n) =>
      readProven(beaconMessageClaim(forVector, { ...header, number }, epoch), model)
    assert.equal(toHex(read(v.at("epoch").int)), v.at("message").text)
    refuses("WRONG_BLOCK", () => read(9, 398n))
    refuses("WRONG_BLOCK", () => read(9, 400n))
    refuses("WRONG_EPOCH", () => read(8))
    refuses("WRONG_EPOCH", () => read(10))
  })

  it("has the signature and the seed of the vector", () => {
    const v = protocolVectors.at("beacon")
    const trusted = {
      chainId: protocolVectors.at("chainId").big,
      enigma: protocolVectors.at("enigma").hex,
      beaconKey: v.at("publicKey").hex,
    }
    const beacon = v.at("signature").hex
    assert.deepEqual(blsSign(v.at("message").hex, v.at("secret").hex, utf8Bytes(BEACON_DST)), beacon)
    assert.equal(toHex(checkBeacon(trusted, v.at("epoch").int, v.at("blockHash").hex, beacon)), v.at("seed").text)
  })

  it("gives the seed when it is the committee's, and nothing else does", () => {
    const key = newBlsSecretKey()
    const trusted = { ...config, beaconKey: blsPublicKey(key) }
    const header = { number: 39n, hash: fill(0xbb, 32) }
    const message = readProven(beaconMessageClaim(trusted, header, 1), new EnigmaModel())
    const beacon = blsSign(message, key, utf8Bytes(BEACON_DST))
    assert.deepEqual(checkBeacon(trusted, 1, header.hash, beacon), keccak256(beacon))
    refuses("BAD_BEACON", () => checkBeacon(trusted, 2, header.hash, beacon))
    refuses("BAD_BEACON", () => checkBeacon(trusted, 1, fill(0xbc, 32), beacon))
    refuses("BAD_BEACON", () => checkBeacon({ ...trusted, chainId: 1n }, 1, header.hash, beacon))
    refuses("BAD_BEACON", () => checkBeacon(trusted, 1, header.hash, blsSign(message, key, utf8Bytes(PRF_DST))))
    refuses("BAD_BEACON", () => checkBeacon(trusted, 1, header.hash, new Uint8Array(128)))
  })
})
