import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  blsPublicKey,
  blsSign,
  blsVerify,
  combineBlsPublicKeys,
  combineBlsSignatures,
  compressG1,
  compressG2,
  cryptoErrors,
  dealBlsShares,
  decodeG1,
  decodeG2,
  decompressG1,
  decompressG2,
  encodeG1,
  encodeG2,
  hashToG1,
  newBlsSecretKey,
  nobleCrypto,
} from "../src/index.ts"
import { bytes, hex, primitives, utf8 } from "./support/vectors.ts"

const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n
const FIELD = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn
const padded = (value: bigint) => value.toString(16).padStart(128, "0")
const domain = utf8("TEST_BLS12381G1_XMD:SHA-256_SSWU_RO_")
const message = utf8("message")
const throwsCode = (code: Parameters<typeof cryptoErrors.is>[1], run: () => unknown, what?: string) =>
  assert.throws(run, (error) => cryptoErrors.is(error, code), what)

describe("BLS12-381", () => {
  it("hashes to G1 as RFC 9380", () => {
    const { domain: tag, cases } = primitives.hashToG1
    for (const t of cases) {
      assert.equal(hex(hashToG1(utf8(t.message), utf8(tag))), `${"0".repeat(32)}${t.x}${"0".repeat(32)}${t.y}`)
    }
  })

  it("verifies a signature of drand quicknet, and not its neighbour's", () => {
    const { publicKey, domain: tag, cases } = primitives.blsMinSig
    const key = decompressG2(bytes(publicKey))
    const { round, signature } = cases[0]!
    const u64 = (n: number) => bytes(n.toString(16).padStart(16, "0"))
    const point = decompressG1(bytes(signature))
    assert.equal(blsVerify(point, nobleCrypto.sha256(u64(round)), key, utf8(tag)), true)
    assert.equal(blsVerify(point, nobleCrypto.sha256(u64(round + 1)), key, utf8(tag)), false)
    assert.equal(hex(compressG1(point)), signature)
    assert.equal(hex(compressG2(key)), publicKey)
  })

  it("signs deterministically; key, message and domain all bind", () => {
    const key = newBlsSecretKey()
    const publicKey = blsPublicKey(key)
    const signature = blsSign(message, key, domain)
    assert.deepEqual(blsSign(message, key, domain), signature)
    assert.equal(signature.length, 128)
    assert.equal(publicKey.length, 256)
    assert.equal(blsVerify(signature, message, publicKey, domain), true)
    assert.equal(blsVerify(signature, utf8("Message"), publicKey, domain), false)
    assert.equal(blsVerify(signature, message, publicKey, utf8("OTHER_BLS12381G1_XMD:SHA-256_SSWU_RO_")), false)
    assert.equal(blsVerify(signature, message, blsPublicKey(newBlsSecretKey()), domain), false)
    assert.equal(blsVerify(hashToG1(message, domain), message, publicKey, domain), false)
  })

  it("answers no to malformed signatures, and throws for malformed keys", () => {
    const key = newBlsSecretKey()
    const publicKey = blsPublicKey(key)
    const signature = blsSign(message, key, domain)
    for (const bad of [
      signature.subarray(1),
      new Uint8Array(128),
      new Uint8Array(0),
      signature.map((b, i) => (i === 127 ? b ^ 1 : b)),
    ]) {
      assert.equal(blsVerify(bad, message, publicKey, domain), false)
    }
    for (const bad of [publicKey.subarray(1), new Uint8Array(256), publicKey.map((b, i) => (i === 255 ? b ^ 1 : b))]) {
      throwsCode("BAD_POINT", () => blsVerify(signature, message, bad, domain))
    }
  })

  it("refuses secret keys out of range, and domains RFC 9380 does not allow", () => {
    const be32 = (n: bigint) => bytes(n.toString(16).padStart(64, "0"))
    for (const bad of [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n])
      throwsCode("BAD_SECRET_KEY", () => blsSign(message, be32(bad), domain))
    throwsCode("BAD_LENGTH", () => blsPublicKey(new Uint8Array(31).fill(1)))
    throwsCode("OUT_OF_RANGE", () => blsSign(message, be32(1n), new Uint8Array(0)))
    throwsCode("OUT_OF_RANGE", () => blsSign(message, be32(1n), new Uint8Array(256)))
  })
})

describe("EIP-2537 encodings", () => {
  it("decode to what was encoded", () => {
    const g1 = blsSign(message, newBlsSecretKey(), domain)
    const g2 = blsPublicKey(newBlsSecretKey())
    assert.deepEqual(encodeG1(decodeG1(g1)), g1)
    assert.deepEqual(encodeG2(decodeG2(g2)), g2)
    assert.deepEqual(decompressG1(compressG1(g1)), g1)
    assert.deepEqual(decompressG2(compressG2(g2)), g2)
  })

  it("refuse the invalid points of the EIP and infinity", () => {
    for (const t of primitives.eip2537Invalid.g1) throwsCode("BAD_POINT", () => decodeG1(bytes(t.point)), t.why)
    for (const t of primitives.eip2537Invalid.g2) throwsCode("BAD_POINT", () => decodeG2(bytes(t.point)), t.why)
    throwsCode("BAD_POINT", () => decompressG1(Uint8Array.of(0xc0, ...new Uint8Array(47))))
    throwsCode("BAD_POINT", () => decompressG2(Uint8Array.of(0xc0, ...new Uint8Array(95))))
    throwsCode("BAD_POINT", () => decompressG1(new Uint8Array(96)))
    throwsCode("BAD_POINT", () => decompressG2(new Uint8Array(48)))
  })

  it("refuse points on the curve but outside the prime-order subgroup", () => {
    // x = 0 gives y = 2 on y^2 = x^3 + 4: on the curve, of order 3, not in G1.
    throwsCode("BAD_POINT", () => decodeG1(bytes(padded(0n) + padded(2n))))
  })

  it("refuse a second encoding of the same point", () => {
    const g1 = blsSign(message, newBlsSecretKey(), domain)
    const x = BigInt(`0x${hex(g1.subarray(0, 64))}`)
    throwsCode("BAD_POINT", () => decodeG1(bytes(padded(x + FIELD) + hex(g1.subarray(64)))))
    throwsCode("BAD_POINT", () => decodeG1(g1.map((b, i) => (i === 15 ? 1 : b))))
    throwsCode("BAD_POINT", () => decodeG1(Uint8Array.of(...g1, 0)))
  })
})

describe("threshold BLS", () => {
  const group = newBlsSecretKey()
  const { groupPublicKey, shares } = dealBlsShares(group, 2, 3)
  const partials = shares.map(({ index, secretKey }) => ({ index, value: blsSign(message, secretKey, domain) }))
  const whole = blsSign(message, group, domain)

  it("any t partials give the group's signature", () => {
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 0],
    ] as const
    for (const [a, b] of pairs) assert.deepEqual(combineBlsSignatures([partials[a]!, partials[b]!], 2), whole)
    assert.equal(blsVerify(whole, message, groupPublicKey, domain), true)
    assert.deepEqual(groupPublicKey, blsPublicKey(group))
  })

  it("t of n share keys give the group key; each partial verifies under its own", () => {
    const keys = shares.map(({ index, publicKey }) => ({ index, value: publicKey }))
    assert.deepEqual(combineBlsPublicKeys([keys[0]!, keys[2]!], 2), groupPublicKey)
    assert.equal(blsVerify(partials[1]!.value, message, shares[1]!.publicKey, domain), true)
    assert.equal(blsVerify(partials[1]!.value, message, shares[0]!.publicKey, domain), false)
  })

  it("1 of 1 is the group key itself; 3 of 5 works", () => {
    const single = dealBlsShares(group, 1, 1)
    assert.equal(single.shares[0]!.secretKey.expose(hex), group.expose(hex))
    const five = dealBlsShares(group, 3, 5)
    const three = [4, 1, 3].map((i) => ({ index: i + 1, value: blsSign(message, five.shares[i]!.secretKey, domain) }))
    assert.deepEqual(combineBlsSignatures(three, 3), whole)
  })

  it("fewer or wrong partials do not give it", () => {
    throwsCode("BAD_SHARES", () => combineBlsSignatures([partials[0]!], 2))
    assert.notDeepEqual(partials[0]!.value, whole)
    const swapped = combineBlsSignatures(
      [
        { index: 1, value: partials[1]!.value },
        { index: 2, value: partials[0]!.value },
      ],
      2,
    )
    assert.equal(blsVerify(swapped, message, groupPublicKey, domain), false)
  })

  it("refuses repeated, zero and foreign indices, and impossible sharings", () => {
    const value = partials[0]!.value
    for (const [a, b] of [
      [1, 1],
      [0, 1],
      [1, 256],
      [1, 1.5],
      [-1, 1],
    ] as const) {
      throwsCode(
        "BAD_SHARES",
        () =>
          combineBlsSignatures(
            [
              { index: a, value },
              { index: b, value },
            ],
            2,
          ),
        `${a},${b}`,
      )
    }
    throwsCode("BAD_SHARES", () => combineBlsSignatures([], 0))
    for (const [t, n] of [
      [0, 1],
      [2, 1],
      [1, 256],
      [1.5, 3],
    ] as const)
      throwsCode("BAD_SHARES", () => dealBlsShares(group, t, n), `${t} of ${n}`)
  })
})
