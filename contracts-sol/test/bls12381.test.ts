import assert from "node:assert/strict"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { hexlify, randomBytes, toUtf8Bytes } from "ethers"
import { network } from "hardhat"
import { blsSigner, encodeG1, type G1 } from "./support/bls.ts"
import { itWithRealGas } from "./support/gas.ts"

const DST = "ENIGMA-TEST_BLS12381G1_XMD:SHA-256_SSWU_RO_"
/** RFC 9380 §J.9.1, the suite's own tag and its five messages. */
const RFC_DST = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
const RFC_POINTS: readonly { msg: string; x: string; y: string }[] = [
  {
    msg: "",
    x: "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
    y: "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
  },
  {
    msg: "abc",
    x: "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
    y: "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d",
  },
]

describe("BLS12-381 verification", () => {
  const signer = blsSigner("263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3".padStart(64, "0"))

  async function deploy() {
    const { ethers, networkHelpers } = await network.getOrCreate()
    return networkHelpers.loadFixture(async function bls() {
      return ethers.deployContract("BLS12381Harness")
    })
  }

  it("hashes to the points of RFC 9380", async () => {
    const bls = await deploy()
    for (const { msg, x, y } of RFC_POINTS) {
      const expected = `0x${x.padStart(128, "0")}${y.padStart(128, "0")}`
      assert.equal(await bls.hashToG1(toUtf8Bytes(msg), toUtf8Bytes(RFC_DST)), expected)
    }
  })

  it("hashes as an independent implementation does", async () => {
    const bls = await deploy()
    for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 200]) {
      const msg = randomBytes(length)
      const point = bls12_381.G1.hashToCurve(msg, { DST }) as unknown as G1
      assert.equal(await bls.hashToG1(msg, toUtf8Bytes(DST)), encodeG1(point), hexlify(msg))
    }
  })

  it("accepts a signature and only of this message, key and tag", async () => {
    const bls = await deploy()
    const msg = randomBytes(77)
    const sig = signer.sign(msg, DST)
    const dst = toUtf8Bytes(DST)
    assert.equal(await bls.verify(signer.publicKey, msg, dst, sig), true)
    const other = blsSigner("01".repeat(32))
    assert.equal(await bls.verify(other.publicKey, msg, dst, sig), false)
    assert.equal(await bls.verify(signer.publicKey, randomBytes(77), dst, sig), false)
    assert.equal(await bls.verify(signer.publicKey, msg, toUtf8Bytes(`${DST}x`), sig), false)
  })

  it("refuses ill-formed points without reverting", async () => {
    const bls = await deploy()
    const msg = randomBytes(8)
    const dst = toUtf8Bytes(DST)
    const sig = signer.sign(msg, DST)
    const hostile: readonly [string, string][] = [
      ["infinity", `0x${"00".repeat(128)}`],
      ["short", sig.slice(0, -2)],
      ["long", `${sig}00`],
      ["off the curve", sig.slice(0, -2) + (Number.parseInt(sig.slice(-2), 16) ^ 1).toString(16).padStart(2, "0")],
      ["non-zero padding", `0x01${sig.slice(4)}`],
      ["coordinate plus p", plusModulus(sig)],
      ["negated", encodeG1((bls12_381.G1.Point.fromAffine(affine(sig)) as unknown as G1).negate())],
      ["outside the subgroup", encodeG1(lowOrderPoint())],
    ]
    for (const [name, bad] of hostile) {
      assert.equal(await bls.verify(signer.publicKey, msg, dst, bad), false, name)
    }
    assert.equal(await bls.verify(`0x${"00".repeat(255)}`, msg, dst, sig), false, "short key")
  })

  itWithRealGas("costs below 127,000 gas", async () => {
    const bls = await deploy()
    const msg = randomBytes(128)
    const spent = await bls.verifyGas(signer.publicKey, msg, toUtf8Bytes(DST), signer.sign(msg, DST))
    assert.ok(spent < 127_000n, `${spent}`)
  })
})

function affine(sig: string) {
  return { x: BigInt(`0x${sig.slice(2, 130)}`), y: BigInt(`0x${sig.slice(130)}`) }
}

/** The same point with its x written as x + p: a second encoding, if it were accepted. */
function plusModulus(sig: string): string {
  const { x } = affine(sig)
  return `0x${(x + bls12_381.fields.Fp.ORDER).toString(16).padStart(128, "0")}${sig.slice(130)}`
}

/** A point of the curve that is not in the prime-order subgroup: the first x from 1 on that has a y. */
function lowOrderPoint(): G1 {
  const { Fp } = bls12_381.fields
  for (let x = 1n; ; x++) {
    try {
      const y = Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n))
      const point = bls12_381.G1.Point.fromAffine({ x, y })
      if (!point.isTorsionFree()) return point as unknown as G1
    } catch {}
  }
}
