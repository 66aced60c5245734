import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { newSigningKey, signDigest } from "@enigma-discovery/crypto"
import { type Batch, encode, fromHex, type SignedBatch, SignedBatchCodec, toHex } from "@enigma-discovery/protocol"
import { batchSigner } from "@enigma-discovery/verify"
import fc from "fast-check"
import type { RecordRow } from "../src/store/tables.ts"
import { batchArgument, parseCommits } from "../src/worker/commit-calldata.ts"
import { DOMAIN } from "./support/synthetic-chain.ts"

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((b) => Uint8Array.from(b))
const [address, hash] = [fixed(20), fixed(32)]
const u = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
const u32 = fc.nat(0xffff_ffff)
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })

const batches: fc.Arbitrary<Batch> = fc.record({
  contract: address,
  epoch: u32,
  fromIndex: u32,
  toIndex: u32,
  link: fc.constant(new Uint8Array(32)),
  cumLockedGrains: u(64),
  previousHead: hash,
  newHead: hash,
  fallbackHead: hash,
  receiptsRoot: hash,
  feeGrains: u(64),
  forfeitedGrains: u(64),
  refunds: few(fc.record({ user: address, amountGrains: u(64) })),
  payouts: few(fc.record({ token: address, to: address, amount: u(128), fallbackTo: address })),
  missing: few(u32),
  callbacks: few(
    fc.record({
      target: address,
      gasLimit: u(32),
      data: fc.uint8Array({ maxLength: 40 }).map((b) => Uint8Array.from(b)),
    }),
  ),
  validUntilBlock: u(64),
})
const row: RecordRow = {
  record: {
    sender: new Uint8Array(20),
    inputsHash: new Uint8Array(32),
    gasLimit: 1n,
    gasPriceGrains: 1n,
    callbackGas: 0n,
    callbackPriceGrains: 0n,
    flags: 0,
    token: new Uint8Array(20),
    amount: 0n,
    blockNumber: 1n,
    timestampS: 1n,
  },
  cumLockedGrains: 1n,
  taskId: new Uint8Array(32),
  transactionHash: new Uint8Array(32),
}

describe("a batch in calldata", () => {
  const key = newSigningKey()
  const calldata = ({ batch, signature }: SignedBatch, rows = [row]) =>
    fromHex(
      enigmaInterface.encodeFunctionData("commitBatch", [batchArgument(batch, signature, new Uint8Array(32), rows)]),
    )

  it("comes back as it went, with its signature", () => {
    fc.assert(
      fc.property(batches, hash, (batch, digest) => {
        const signed = { batch, signature: signDigest(digest, key) }
        const bytes = (list: readonly SignedBatch[]) => list.map((entry) => toHex(encode(SignedBatchCodec, entry)))
        assert.deepEqual(bytes(parseCommits(calldata(signed))), bytes([signed]))
        assert.deepEqual(bytes(parseCommits(calldata(signed, [row, row]))), bytes([signed]))
      }),
      { numRuns: 60 },
    )
  })

  it("is not found in other calls, nor in broken ones", () => {
    const [batch] = fc.sample(batches, 1) as [Batch]
    const raw = calldata({ batch, signature: signDigest(new Uint8Array(32), key) })
    for (const bytes of [raw.slice(0, 40), raw.slice(1), new Uint8Array(0), fromHex("0x12345678")])
      assert.deepEqual(parseCommits(bytes), [])
    assert.throws(() => batchSigner(DOMAIN, { batch, signature: new Uint8Array(65) }))
  })
})
