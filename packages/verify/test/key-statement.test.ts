import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { DevQuoteCodec, encode, type KeyStatement, toHex, type WorkerInfo } from "@enigma-discovery/protocol"
import {
  type Assignment,
  checkKeyStatement,
  keyStatementDigest,
  quoteDigest,
  reportData,
  trustHash,
} from "../src/index.ts"
import { refuses, type VerifyCode } from "./support/checks.ts"
import { address, config, contract, domain, fill, signer } from "./support/fixtures.ts"
import { protocolVectors as v } from "./support/vectors.ts"

const devRoot = signer("dev root")
const enclave = signer("enclave")
const worker = {
  workerId: 2,
  signer: enclave.address,
  operator: address(0x51),
  encryptionKey: fill(0xe1, 32),
  attestationExpiryS: 2_000_000_000n,
  status: 2,
  earningsGrains: 0n,
}
const assignment: Assignment = {
  state: {
    epoch: 6,
    openedAtBlock: 243n,
    scheduledStartBlock: 240n,
    workerCount: 3,
    treeDepth: 1,
    activeCount: 3,
    treasuryGrains: 0n,
  },
  seed: fill(5, 32),
  worker,
}
const body = {
  measurement: fill(0x66, 32),
  securityVersion: 1,
  issuedAtS: 1_700_000_000n,
  reportData: reportData(domain, {
    role: "worker",
    operator: worker.operator,
    signer: worker.signer,
    encryptionKey: worker.encryptionKey,
    trustHash: trustHash(config),
  }),
}
const quote = encode(DevQuoteCodec, {
  version: 1,
  kind: 1,
  ...body,
  signature: signDigest(quoteDigest(body), devRoot.key),
})
const info: WorkerInfo = {
  workerId: 2,
  operator: worker.operator,
  signer: worker.signer,
  encryptionKey: worker.encryptionKey,
  quote,
}
const expected = {
  contract,
  assignment,
  trustHash: trustHash(config),
  quotePolicy: {
    chainId: domain.chainId,
    devRoot: devRoot.address,
    measurements: [fill(0x66, 32)],
    minSecurityVersion: 1,
    maxAgeS: 3_600n,
    nowS: 1_700_000_100n,
  },
}
const said = { contract, epoch: 6, ioPublicKey: fill(0x10, 32) }
const statement = (change: Partial<typeof said> = {}, by = enclave): KeyStatement => {
  const signed = { ...said, ...change }
  return { ...signed, workerId: 2, signature: signDigest(keyStatementDigest(domain, signed), by.key) }
}

describe("key statement", () => {
  it("of the drawn, registered, attested worker is accepted", () => {
    assert.deepEqual(checkKeyStatement(domain, statement(), info, expected).measurement, fill(0x66, 32))
  })

  it("is refused for whatever a stranger could change", () => {
    const cases: readonly [VerifyCode, KeyStatement, WorkerInfo?, Partial<typeof expected>?][] = [
      ["WRONG_CONTRACT", statement({ contract: address(0x23) })],
      ["WRONG_CONTRACT", statement(), info, { contract: address(0x23) }],
      ["WRONG_EPOCH", statement({ epoch: 5 })],
      ["WRONG_EPOCH", statement({ epoch: 7 })],
      ["NOT_DRAWN", { ...statement(), workerId: 3 }],
      ["NOT_DRAWN", statement(), { ...info, workerId: 3 }],
      ["WRONG_SIGNER", statement({}, signer("stranger"))],
      ["WRONG_SIGNER", { ...statement(), ioPublicKey: fill(0x11, 32) }],
      ["REPORT_MISMATCH", statement(), { ...info, signer: address(3) }],
      ["REPORT_MISMATCH", statement(), { ...info, operator: address(3) }],
      ["REPORT_MISMATCH", statement(), { ...info, encryptionKey: fill(3, 32) }],
      ["REPORT_MISMATCH", statement(), info, { trustHash: fill(3, 32) }],
      ["QUOTE", statement(), info, { quotePolicy: { ...expected.quotePolicy, measurements: [] } }],
      ["WRONG_SIGNER", statement(), info, { quotePolicy: { ...expected.quotePolicy, devRoot: address(3) } }],
    ]
    for (const [code, said, by = info, change = {}] of cases) {
      refuses(code, () => checkKeyStatement(domain, said, by, { ...expected, ...change }))
    }
    refuses("WRONG_SIGNER", () => checkKeyStatement({ ...domain, chainId: 5n }, statement(), info, expected))
  })

  it("hashes to the vector", () => {
    const k = v.at("keyStatement")
    const digest = keyStatementDigest(
      { chainId: v.at("chainId").big, enigma: v.at("enigma").hex },
      { contract: v.at("contract").hex, epoch: k.at("epoch").int, ioPublicKey: k.at("ioPublicKey").hex },
    )
    assert.equal(toHex(digest), k.at("digest").text)
  })
})
