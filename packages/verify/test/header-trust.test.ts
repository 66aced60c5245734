import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import { hostTrust, witnessDigest, witnessTrust } from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { address, config, fill, signer, witnesses } from "./support/fixtures.ts"
import { protocolVectors as v } from "./support/vectors.ts"

const header = { number: 400n, hash: fill(0xb1, 32), parentHash: fill(1, 32), stateRoot: fill(2, 32), timestampS: 1n }
const sign = (by: ReturnType<typeof signer>, confirmations = 2, of = header, chainId = config.chainId) =>
  signDigest(witnessDigest(chainId, of, confirmations), by.key)
const [a, b, c] = witnesses as [(typeof witnesses)[0], (typeof witnesses)[0], (typeof witnesses)[0]]
const trust = witnessTrust(config)

describe("witness trust", () => {
  it("wants the threshold of distinct pinned witnesses", () => {
    trust.check(header, 2, [sign(a), sign(b)])
    trust.check(header, 2, [sign(c), sign(a)])
    trust.check(header, 2, [sign(signer("stranger")), fill(0, 65), new Uint8Array(3), sign(a), sign(b)])
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 2, []))
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 2, [sign(a)]))
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 2, [sign(a), sign(a), sign(a)]))
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 2, [sign(a), sign(signer("stranger"))]))
  })

  it("counts signatures on this header, number, depth and chain only", () => {
    refuses("HEADER_UNTRUSTED", () => trust.check({ ...header, hash: fill(0xb2, 32) }, 2, [sign(a), sign(b)]))
    refuses("HEADER_UNTRUSTED", () => trust.check({ ...header, number: 401n }, 2, [sign(a), sign(b)]))
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 3, [sign(a, 2), sign(b, 2)]))
    refuses("HEADER_UNTRUSTED", () => trust.check(header, 2, [sign(a), sign(b, 2, header, 1n)]))
  })

  it("can't be made without a threshold", () => {
    refuses("CONFIG", () => witnessTrust({ ...config, witnessThreshold: 0 }))
    refuses("CONFIG", () => witnessTrust({ ...config, witnessThreshold: 4 }))
    refuses("CONFIG", () => witnessTrust({ ...config, witnesses: [], witnessThreshold: 0 }))
    refuses("CONFIG", () => witnessTrust({ ...config, witnesses: [address(1), address(1)], witnessThreshold: 2 }))
  })

  it("signs the digest of the vector", () => {
    const w = v.at("witness")
    const digest = witnessDigest(
      v.at("chainId").big,
      { number: w.at("blockNumber").big, hash: w.at("blockHash").hex },
      w.at("confirmations").int,
    )
    assert.equal(toHex(digest), w.at("digest").text)
  })

  it("host trust takes anything, and says what it is", () => {
    hostTrust.check(header, 0, [])
    assert.equal(hostTrust.kind, "host")
    assert.equal(trust.kind, "witness")
  })
})
