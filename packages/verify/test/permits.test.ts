import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256, signDigest } from "@enigma-discovery/crypto"
import { fromHex, type Permit, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { TypedDataEncoder } from "ethers"
import { checkPermit, permitDigest } from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { address, contract, domain, fill, signer } from "./support/fixtures.ts"

const alice = signer("alice")
const calldata = fromHex("0x0123456789abcdef")
const use = { contract, readerKey: fill(0x77, 32), calldata, nowS: 1_000n }
const permit = (change: Partial<Permit> = {}): Permit => ({
  contract,
  methods: [calldata.slice(0, 4), fromHex("0xffffffff")],
  argumentsHash: keccak256(calldata.slice(4)),
  readerKey: use.readerKey,
  expiryS: 1_001n,
  ...change,
})

describe("a permit", () => {
  it("has the digest that wallets sign (EIP-712, by ethers)", () => {
    for (const methods of [[], permit().methods]) {
      const one = permit({ methods })
      const digest = TypedDataEncoder.hash(
        { name: "Enigma", version: "1", chainId: domain.chainId, verifyingContract: toHex(domain.enigma) },
        {
          Permit: [
            { name: "secretContract", type: "address" },
            { name: "methods", type: "bytes4[]" },
            { name: "argumentsHash", type: "bytes32" },
            { name: "readerKey", type: "bytes32" },
            { name: "expiryS", type: "uint64" },
          ],
        },
        {
          secretContract: toHex(one.contract),
          methods: one.methods.map(toHex),
          argumentsHash: toHex(one.argumentsHash),
          readerKey: toHex(one.readerKey),
          expiryS: one.expiryS,
        },
      )
      assert.equal(toHex(permitDigest(domain, one)), digest)
    }
  })

  it("names its account, and covers contract, reader, time, method and arguments", () => {
    const check = (change: Partial<Permit> = {}, by = alice) =>
      checkPermit(domain, permit(change), signDigest(permitDigest(domain, permit(change)), by.key), use)
    assert.deepEqual(check(), alice.address)
    assert.deepEqual(check({ methods: [], argumentsHash: new Uint8Array(32) }), alice.address)
    for (const change of [
      { contract: address(9) },
      { readerKey: fill(1, 32) },
      { expiryS: 1_000n },
      { methods: [fromHex("0xffffffff")] },
      { argumentsHash: keccak256(utf8Bytes("other")) },
    ])
      refuses("PERMIT", () => check(change))
    refuses("PERMIT", () => checkPermit(domain, permit(), new Uint8Array(65), use))
    assert.notDeepEqual(
      checkPermit(domain, permit({ expiryS: 2_000n }), signDigest(permitDigest(domain, permit()), alice.key), use),
      alice.address,
    )
  })
})
