import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { nobleCrypto, SecretKey } from "@enigma-discovery/crypto"
import { fromHex, type Hex, type QueryBody, toHex } from "@enigma-discovery/protocol"
import { permitDigest } from "@enigma-discovery/verify"
import { type QueryContext, sealQuery, sealQueryWith } from "../src/seal-query.ts"

interface Vectors
  extends Record<"chainId" | "enigma" | "contract" | "ioPublicKey" | "readerSecret" | "readerKey", Hex> {
  readonly queries: readonly ({
    readonly keyEpoch: number
    readonly minRecords: number
    readonly permit: Record<"argumentsHash" | "readerKey" | "expiryS", Hex> & { readonly methods: readonly Hex[] }
    readonly answer: { readonly data: Hex; readonly head: Hex; readonly records: number; readonly blockNumber: string }
  } & Record<"nonce" | "calldata" | "minBlock" | "permitDigest" | "permitSignature" | "sealed" | "sealedAnswer", Hex>)[]
}
const vectors = JSON.parse(
  readFileSync(new URL("../../testing/vectors/queries.json", import.meta.url), "utf8"),
) as Vectors
const place = { chainId: BigInt(vectors.chainId), enigma: fromHex(vectors.enigma), contract: fromHex(vectors.contract) }
const reader = { secretKey: SecretKey.copy(fromHex(vectors.readerSecret)), publicKey: fromHex(vectors.readerKey) }

function bodyOf(q: Vectors["queries"][number]): { context: QueryContext; body: QueryBody } {
  const permit = {
    contract: place.contract,
    methods: q.permit.methods.map((method) => fromHex(method)),
    argumentsHash: fromHex(q.permit.argumentsHash),
    readerKey: reader.publicKey,
    expiryS: BigInt(q.permit.expiryS),
  }
  const body = {
    ...{ permit, permitSignature: fromHex(q.permitSignature), calldata: fromHex(q.calldata) },
    ...{ minRecords: q.minRecords, minBlock: BigInt(q.minBlock) },
  }
  return { context: { ...place, keyEpoch: q.keyEpoch, ioPublicKey: fromHex(vectors.ioPublicKey), reader }, body }
}

describe("sealQuery", () => {
  it("gives the bytes of the specification, and opens its answers (vectors)", () => {
    for (const vector of vectors.queries) {
      const { context, body } = bodyOf(vector)
      assert.equal(toHex(permitDigest(place, body.permit)), vector.permitDigest)
      const { sealed, open } = sealQueryWith(fromHex(vector.nonce), context, body)
      assert.equal(toHex(sealed), vector.sealed)
      const { data, head, records, blockNumber } = open(fromHex(vector.sealedAnswer))
      const got = [toHex(data), toHex(head), records, String(blockNumber)]
      assert.deepEqual(got, [vector.answer.data, vector.answer.head, vector.answer.records, vector.answer.blockNumber])
    }
  })

  it("opens no altered answer, none to another query, and none once the key is wiped", () => {
    const [first, second] = [vectors.queries[0]!, vectors.queries[1]!]
    const { context, body } = bodyOf(first)
    const { open } = sealQueryWith(fromHex(first.nonce), context, body)
    const answer = fromHex(first.sealedAnswer)
    for (const at of [1, 40, answer.length - 1])
      assert.throws(() => open(answer.map((b, i) => (i === at ? b ^ 1 : b))), { name: "CRYPTO_OPEN_FAILED" })
    assert.throws(() => open(fromHex(second.sealedAnswer)), { name: "CRYPTO_OPEN_FAILED" })
    assert.throws(() => open(answer.slice(1)), /PROTOCOL|version/)
    const own = { ...context, reader: nobleCrypto.x25519KeyPair() }
    const sealed = sealQuery(own, body)
    own.reader.secretKey.wipe()
    assert.throws(() => sealed.open(answer), { name: "CRYPTO_KEY_WIPED" })
  })

  it("takes a fresh nonce each time and hides lengths within a class", () => {
    const { context, body } = bodyOf(vectors.queries[0]!)
    const [a, b] = [sealQuery(context, body), sealQuery(context, { ...body, calldata: new Uint8Array(30) })]
    assert.notDeepEqual(a.sealed.slice(38, 70), b.sealed.slice(38, 70))
    assert.equal(a.sealed.length, b.sealed.length)
  })
})
