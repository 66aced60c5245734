import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { concatBytes, toHex } from "@enigma-discovery/protocol"
import hre from "hardhat"
import { blsPublicKey, blsSign, decodeG2, encodeG2, hashToG1, newBlsSecretKey } from "../src/index.ts"
import { utf8 } from "./support/vectors.ts"

const G1_ADD = "0x000000000000000000000000000000000000000b"
const PAIRING_CHECK = "0x000000000000000000000000000000000000000f"
const one = new Uint8Array(32)
one[31] = 1

/** Another implementation of the curve and of EIP-2537: the chain's own precompiles. */
describe("BLS on the EIP-2537 precompiles", () => {
  let connection: Awaited<ReturnType<typeof hre.network.create>>
  before(async () => {
    connection = await hre.network.create()
  })
  after(() => connection.close())
  const call = (to: string, data: Uint8Array) =>
    connection.provider.request({
      method: "eth_call",
      params: [{ to, data: toHex(data) }, "latest"],
    }) as Promise<string>

  const domain = utf8("TEST_BLS12381G1_XMD:SHA-256_SSWU_RO_")
  const message = utf8("message")
  const key = newBlsSecretKey()
  const negatedGenerator = encodeG2(decodeG2(blsPublicKey(one)).negate())
  /** e(signature, -g2) * e(H(message), key) = 1 */
  const check = (signature: Uint8Array, of: Uint8Array) =>
    call(PAIRING_CHECK, concatBytes(signature, negatedGenerator, hashToG1(of, domain), blsPublicKey(key)))

  it("the pairing check accepts what blsSign made, and only that", async () => {
    const signature = blsSign(message, key, domain)
    assert.equal(BigInt(await check(signature, message)), 1n)
    assert.equal(BigInt(await check(signature, utf8("another message"))), 0n)
    assert.equal(BigInt(await check(blsSign(message, newBlsSecretKey(), domain), message)), 0n)
  })

  it("points have the encoding the precompiles give back", async () => {
    const signature = blsSign(message, key, domain)
    const infinity = new Uint8Array(128)
    assert.equal(await call(G1_ADD, concatBytes(signature, infinity)), toHex(signature))
  })
})
