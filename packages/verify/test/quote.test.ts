import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { type DevQuote, DevQuoteCodec, encode, protocolErrors, toHex } from "@enigma-discovery/protocol"
import {
  checkDevQuote,
  checkNetworkConfig,
  type QuotePolicy,
  quoteDigest,
  type Report,
  reportData,
  trustHash,
} from "../src/index.ts"
import { refuses, tampered } from "./support/checks.ts"
import { address, config, domain, fill, signer } from "./support/fixtures.ts"
import { protocolVectors as v } from "./support/vectors.ts"

const devRoot = signer("dev root")
const report: Report = {
  role: "worker",
  operator: address(0x51),
  signer: address(1),
  encryptionKey: fill(0xe1, 32),
  trustHash: trustHash(config),
}
const policy: QuotePolicy = {
  chainId: domain.chainId,
  devRoot: devRoot.address,
  measurements: [fill(0x65, 32), fill(0x66, 32)],
  minSecurityVersion: 3,
  maxAgeS: 86_400n,
  nowS: 1_700_000_500n,
}
type Body = Omit<DevQuote, "version" | "kind" | "signature">
const body: Body = {
  measurement: fill(0x66, 32),
  securityVersion: 3,
  issuedAtS: 1_700_000_100n,
  reportData: reportData(domain, report),
}
const quote = (change: Partial<Body> = {}, by = devRoot): Uint8Array => {
  const signed = { ...body, ...change }
  return encode(DevQuoteCodec, { version: 1, kind: 1, ...signed, signature: signDigest(quoteDigest(signed), by.key) })
}
const check = (raw: Uint8Array, change: Partial<QuotePolicy> = {}) =>
  checkDevQuote(raw, { ...policy, ...change }, domain, report)

describe("dev quote", () => {
  it("is 141 bytes and tells the program", () => {
    const raw = quote()
    assert.equal(raw.length, 141)
    assert.deepEqual(check(raw), { measurement: fill(0x66, 32), securityVersion: 3, issuedAtS: 1_700_000_100n })
  })

  it("is refused on mainnet, whatever else holds", () => {
    refuses("QUOTE", () => check(quote(), { chainId: 1n }))
    refuses("QUOTE", () => checkDevQuote(quote(), policy, { ...domain, chainId: 1n }, report))
  })

  it("is refused from another root, of another program, too old, from the future, below the security version", () => {
    refuses("WRONG_SIGNER", () => check(quote({}, signer("someone"))))
    refuses("QUOTE", () => check(quote({ measurement: fill(0x67, 32) })))
    refuses("QUOTE", () => check(quote(), { measurements: [] }))
    refuses("QUOTE", () => check(quote({ securityVersion: 2 })))
    refuses("QUOTE", () => check(quote(), { nowS: body.issuedAtS + 86_401n }))
    check(quote(), { nowS: body.issuedAtS + 86_400n })
    check(quote(), { nowS: body.issuedAtS - 900n })
    refuses("QUOTE", () => check(quote(), { nowS: body.issuedAtS - 901n }))
  })

  it("is refused with another role, operator, key or network than it came with", () => {
    const changed: Partial<Report>[] = [
      { role: "keyManager" },
      { operator: address(0x52) },
      { signer: address(2) },
      { encryptionKey: fill(0xe2, 32) },
      { trustHash: trustHash({ ...config, witnessThreshold: 1 }) },
    ]
    for (const change of changed) {
      refuses("REPORT_MISMATCH", () => checkDevQuote(quote(), policy, domain, { ...report, ...change }))
    }
    refuses("REPORT_MISMATCH", () => checkDevQuote(quote(), policy, { ...domain, chainId: 5n }, report))
    refuses("REPORT_MISMATCH", () => checkDevQuote(quote(), policy, { ...domain, enigma: address(9) }, report))
  })

  it("is refused with any byte altered, cut or added", () => {
    const raw = quote()
    for (const bent of tampered(raw)) assert.throws(() => check(bent))
    assert.throws(
      () => check(raw.subarray(1)),
      (e) => protocolErrors.is(e),
    )
    assert.throws(
      () => check(Uint8Array.of(...raw, 0)),
      (e) => protocolErrors.is(e, "TRAILING_BYTES"),
    )
  })

  it("hashes to the vectors", () => {
    const vectorDomain = { chainId: v.at("chainId").big, enigma: v.at("enigma").hex }
    const r = v.at("report")
    const data = reportData(vectorDomain, {
      role: "worker",
      operator: r.at("operator").hex,
      signer: r.at("signer").hex,
      encryptionKey: r.at("encryptionKey").hex,
      trustHash: v.at("trust", "trustHash").hex,
    })
    assert.equal(toHex(data), r.at("reportData").text)
    const q = v.at("quote")
    const digest = quoteDigest({
      measurement: q.at("measurement").hex,
      securityVersion: q.at("securityVersion").int,
      issuedAtS: q.at("issuedAtS").big,
      reportData: q.at("reportData").hex,
    })
    assert.equal(toHex(digest), q.at("digest").text)
  })
})

describe("network config", () => {
  it("hashes to the vector", () => {
    const c = v.at("trust", "config")
    const hash = trustHash({
      version: 1,
      chainId: c.at("chainId").big,
      enigma: c.at("enigma").hex,
      epochLengthBlocks: c.at("epochLengthBlocks").int,
      depth: c.at("depth").int,
      storageReceipts: c.at("storageReceipts").int,
      witnessThreshold: c.at("witnessThreshold").int,
      witnesses: c.at("witnesses").list.map((w) => w.hex),
      keyThreshold: c.at("keyThreshold").int,
      keyManagers: c.at("keyManagers").int,
      beaconKey: c.at("beaconKey").hex,
      contractKey: c.at("contractKey").hex,
      expiryBlocks: c.at("expiryBlocks").int,
      inputsGraceBlocks: c.at("inputsGraceBlocks").int,
      keyManagerMeasurement: c.at("keyManagerMeasurement").hex,
    })
    assert.equal(toHex(hash), v.at("trust", "trustHash").text)
  })

  it("is refused where it would switch a check off", () => {
    checkNetworkConfig(config)
    const bad = [
      { witnessThreshold: 0 },
      { witnessThreshold: 4 },
      { witnesses: [] },
      { witnesses: [address(1), address(1), address(2)] },
      { keyThreshold: 0 },
      { keyThreshold: 2 },
      { epochLengthBlocks: 0 },
      { expiryBlocks: 79 },
      { expiryBlocks: 2_401 },
    ]
    for (const change of bad) refuses("CONFIG", () => checkNetworkConfig({ ...config, ...change }))
  })
})
