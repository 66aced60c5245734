import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { TypedDataEncoder } from "ethers"
import fc from "fast-check"
import { cryptoErrors, eip712Digest, eip712DomainSeparator, eip712Struct, keccak256 } from "../src/index.ts"
import { bytes, hex, primitives } from "./support/vectors.ts"

const { eip712 } = primitives
const domain = { ...eip712.domain, chainId: 1n, verifyingContract: bytes(eip712.domain.verifyingContract) }

const sample = eip712Struct("Sample", [
  ["who", "address"],
  ["id", "bytes32"],
  ["tag", "bytes4"],
  ["amount", "uint256"],
  ["price", "uint64"],
  ["kind", "uint8"],
  ["open", "bool"],
  ["payload", "bytes"],
  ["note", "string"],
])

describe("EIP-712", () => {
  it("matches the example of the EIP", () => {
    const separator = eip712DomainSeparator(domain)
    assert.equal(hex(separator), eip712.domainSeparator)
    assert.equal(hex(eip712Digest(separator, bytes(eip712.structHash))), eip712.digest)
  })

  it("hashes structs as another implementation does", () => {
    const fixed = (n: number) => fc.uint8Array({ minLength: n, maxLength: n })
    fc.assert(
      fc.property(
        fc.record({
          who: fixed(20),
          id: fixed(32),
          tag: fixed(4),
          amount: fc.bigInt(0n, 2n ** 256n - 1n),
          price: fc.bigInt(0n, 2n ** 64n - 1n),
          kind: fc.bigInt(0n, 255n),
          open: fc.boolean(),
          payload: fc.uint8Array({ maxLength: 99 }),
          note: fc.string({ unit: "grapheme" }),
        }),
        (values) => {
          const theirs = TypedDataEncoder.hash(
            { ...domain, verifyingContract: `0x${hex(domain.verifyingContract)}` },
            {
              Sample: sample.typeText
                .slice("Sample(".length, -1)
                .split(",")
                .map((field) => ({ type: field.split(" ")[0]!, name: field.split(" ")[1]! })),
            },
            { ...values, who: `0x${hex(values.who)}` },
          )
          assert.equal(`0x${hex(eip712Digest(eip712DomainSeparator(domain), sample.hash(values)))}`, theirs)
        },
      ),
      { numRuns: 50 },
    )
  })

  it("refuses values that do not fit their type, and types it does not know", () => {
    const order = eip712Struct("Order", [
      ["contract", "address"],
      ["nonce", "uint64"],
      ["id", "bytes32"],
    ])
    const good = { contract: new Uint8Array(20), nonce: 0n, id: new Uint8Array(32) }
    assert.equal(order.hash(good).length, 32)
    assert.deepEqual(
      order.typeHash,
      keccak256(new TextEncoder().encode("Order(address contract,uint64 nonce,bytes32 id)")),
    )
    assert.throws(() => order.hash({ ...good, nonce: 2n ** 64n }))
    assert.throws(() => order.hash({ ...good, nonce: -1n }))
    assert.throws(
      () => order.hash({ ...good, contract: new Uint8Array(32) }),
      (e) => cryptoErrors.is(e, "BAD_LENGTH"),
    )
    assert.throws(
      () => order.hash({ ...good, id: new Uint8Array(31) }),
      (e) => cryptoErrors.is(e, "BAD_LENGTH"),
    )
    for (const type of ["uint7", "uint264", "bytes33", "bytes0", "int8", "Person", "uint8[]"]) {
      assert.throws(
        () => eip712Struct("Bad", [["x", type as "address"]]),
        (e) => cryptoErrors.is(e, "BAD_TYPE"),
        type,
      )
    }
  })
})
