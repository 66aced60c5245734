import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { DeltaCodec, decodeDelta, encode, MAX_DELTA_BYTES, utf8Bytes } from "@enigma-discovery/protocol"
import { ContractKeys } from "../src/core/contract-keys.ts"
import { type DeltaPosition, followWrappedKey, openDelta, sealDelta } from "../src/core/delta.ts"
import type { StateChange } from "../src/core/state-map.ts"
import { addressOf } from "./support/names.ts"

const domain = { chainId: 31_337n, enigma: addressOf("enigma"), crypto: nodeCrypto }
const contract = addressOf("contract")
const position: DeltaPosition = {
  contract,
  keyEpoch: 4,
  index: 9,
  taskId: keccak256(utf8Bytes("task")),
  previousHead: keccak256(utf8Bytes("head")),
  previousKeyEpoch: 4,
}

function keysOf(...epochs: readonly number[]): ContractKeys {
  const keys = new ContractKeys(domain, contract)
  for (const epoch of epochs) keys.addPrfValue("state", epoch, keccak256(utf8Bytes(`prf ${epoch}`)).slice())
  return keys
}

const change = (key: string, value: string | undefined, isPublic = false, before?: string): StateChange => {
  const entry = (text: string) => ({ key: utf8Bytes(key), value: utf8Bytes(text), isPublic })
  return {
    key: utf8Bytes(key),
    before: before === undefined ? undefined : entry(before),
    after: value === undefined ? undefined : entry(value),
  }
}

const read = (sealed: Uint8Array) => ({ sealed, delta: decodeDelta(sealed) })

describe("a delta", () => {
  it("is the same bytes for the same changes at the same place, and opens to them", () => {
    const changes = [change("a", "1"), change("b", undefined, false, "old")]
    const sealed = sealDelta(domain, keysOf(4), position, changes)!
    assert.deepEqual(sealDelta(domain, keysOf(4), position, changes), sealed)
    assert.deepEqual(openDelta(domain, keysOf(4), contract, read(sealed)), [
      { key: utf8Bytes("a"), value: utf8Bytes("1"), isPublic: false },
      { key: utf8Bytes("b"), value: undefined, isPublic: false },
    ])
  })

  it("is sealed for its place: another index, task, head, epoch, contract or chain does not open", () => {
    const sealed = decodeDelta(sealDelta(domain, keysOf(4), position, [change("a", "1")])!)
    const bent = (header: object) => encode(DeltaCodec, { ...sealed, header: { ...sealed.header, ...header } })
    const opens = (header: object, on = domain, to = contract) =>
      openDelta(on, keysOf(4, 5), to, read(bent(header))) !== undefined
    assert.equal(opens({}), true)
    for (const header of [
      { index: 10 },
      { taskId: new Uint8Array(32) },
      { previousHead: new Uint8Array(32) },
      { keyEpoch: 5 },
      { kind: 2 },
      { publicEntries: [{ key: utf8Bytes("a"), value: utf8Bytes("1"), isPublic: true }] },
      { wrapped: { keyEpoch: 3, sealed: new Uint8Array(48) } },
    ])
      assert.equal(opens(header), false, Object.keys(header)[0])
    assert.equal(opens({}, { ...domain, chainId: 1n }), false)
    assert.equal(opens({}, domain, addressOf("other")), false)
  })

  it("has a size class, not a size", () => {
    const sizes = [0, 1, 100, 240].map(
      (n) =>
        decodeDelta(sealDelta(domain, keysOf(4), position, n === 0 ? [] : [change("k", "x".repeat(n - 1))])!).ciphertext
          .length,
    )
    assert.deepEqual(sizes, [272, 272, 272, 272 + 768])
  })

  it("that would not fit is none", () => {
    const big = (count: number, isPublic: boolean) =>
      sealDelta(
        domain,
        keysOf(4),
        position,
        Array.from({ length: count }, (_, i) => change(`key ${i}`, "x".repeat(60_000), isPublic)),
      )
    assert.ok(big(4, false) !== undefined)
    assert.ok(big(5, false) === undefined)
    // In clear and sealed: twice the bytes, of which a delta holds so many.
    assert.ok(big(4, true)!.length <= MAX_DELTA_BYTES)
    const full = Array.from({ length: 4 }, (_, i) => change(`key ${i}`, "x".repeat(65_515), true))
    assert.ok(sealDelta(domain, keysOf(4), position, full) === undefined)
    const hidden = Array.from({ length: 4 }, (_, i) => change(`key ${i}`, "x".repeat(65_515)))
    assert.ok(sealDelta(domain, keysOf(4), position, hidden) !== undefined)
  })

  it("wraps the key of the epoch before, which only the newer key opens", () => {
    const sealed = sealDelta(domain, keysOf(3, 4), { ...position, previousKeyEpoch: 3 }, [])!
    const { header } = decodeDelta(sealed)
    assert.equal(header.wrapped!.keyEpoch, 3)
    const later = keysOf(4)
    assert.equal(followWrappedKey(domain, later, contract, header), true)
    assert.equal(later.has("state", 3), true)
    const older = sealDelta(domain, keysOf(3), { ...position, keyEpoch: 3, previousKeyEpoch: 3 }, [change("a", "1")])!
    assert.ok(openDelta(domain, later, contract, read(older)) !== undefined)
    const altered = { ...header, wrapped: { keyEpoch: 3, sealed: header.wrapped!.sealed.map((b) => b ^ 1) } }
    assert.equal(followWrappedKey(domain, keysOf(4), contract, altered), false)
    const renamed = { ...header, wrapped: { ...header.wrapped!, keyEpoch: 2 } }
    assert.equal(followWrappedKey(domain, keysOf(4), contract, renamed), false)
  })
})
