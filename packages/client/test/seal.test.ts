import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { nobleCrypto, SecretKey } from "@enigma-discovery/crypto"
import { fromHex, type Hex, RESULT_KIND, toHex } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { clientErrors } from "../src/errors.ts"
import { MAX_INPUT_BYTES, openOutput, outputHash, sealInput, sealInputWith } from "../src/seal.ts"
import { encodeBody, openEnvelope, sealOutput, x25519Pair } from "./support/enclave-seal.ts"

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const address = fc.uint8Array({ minLength: 20, maxLength: 20 })
const place = fc.record({ chainId: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), enigma: address, contract: address })
const code = (want: string) => (error: unknown) => clientErrors.is(error) && (error as { code: string }).code === want

interface SealedVectors {
  readonly envelopes: readonly Record<
    | "chainId"
    | "enigma"
    | "contract"
    | "sender"
    | "codeHash"
    | "ioSecret"
    | "ioPublicKey"
    | "ephemeralSecret"
    | "calldata"
    | "envelope"
    | "inputsHash",
    Hex
  >[] &
    readonly { readonly keyEpoch: number }[]
  readonly outputs: readonly (Record<
    "ephemeralSecret" | "ioSecret" | "taskId" | "body" | "sealed" | "outputHash" | "enigma" | "contract" | "chainId",
    Hex
  > & {
    readonly outcome: 0 | 1
  })[]
}
const vectors = JSON.parse(
  readFileSync(new URL("../../testing/vectors/sealed.json", import.meta.url), "utf8"),
) as SealedVectors

describe("sealInput", () => {
  it("is opened by the enclave's independent half, whatever the input", () => {
    fc.assert(
      fc.property(
        place,
        address,
        bytes32,
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.uint8Array({ maxLength: 5_000 }),
        (where, sender, codeHash, keyEpoch, calldata) => {
          const io = x25519Pair()
          const sealed = sealInput({ ...where, sender, codeHash, keyEpoch }, io.public, calldata)
          const opened = openEnvelope(io, where, sender, codeHash, sealed.envelope)
          assert.deepEqual(opened.calldata, calldata)
          assert.equal(opened.keyEpoch, keyEpoch)
          assert.deepEqual(opened.ephemeral, sealed.key.ephemeral.publicKey)
        },
      ),
      { numRuns: 60 },
    )
  })

  it("binds chain, Enigma, contract, sender, key epoch and code", () => {
    const io = x25519Pair()
    const where = { chainId: 1n, enigma: new Uint8Array(20).fill(1), contract: new Uint8Array(20).fill(2) }
    const [sender, codeHash] = [new Uint8Array(20).fill(3), new Uint8Array(32).fill(4)]
    const { envelope } = sealInput({ ...where, sender, codeHash, keyEpoch: 5 }, io.public, Uint8Array.of(1, 2, 3))
    assert.doesNotThrow(() => openEnvelope(io, where, sender, codeHash, envelope))
    const other20 = new Uint8Array(20).fill(9)
    assert.throws(() => openEnvelope(io, { ...where, chainId: 2n }, sender, codeHash, envelope))
    assert.throws(() => openEnvelope(io, { ...where, enigma: other20 }, sender, codeHash, envelope))
    assert.throws(() => openEnvelope(io, { ...where, contract: other20 }, sender, codeHash, envelope))
    assert.throws(() => openEnvelope(io, where, other20, codeHash, envelope))
    assert.throws(() => openEnvelope(io, where, sender, new Uint8Array(32), envelope))
    const otherEpoch = Uint8Array.from(envelope)
    otherEpoch[5]! ^= 1
    assert.throws(() => openEnvelope(io, where, sender, codeHash, otherEpoch))
  })

  it("takes a fresh ephemeral key each time and hides lengths within a class", () => {
    const io = x25519Pair()
    const context = {
      chainId: 1n,
      enigma: new Uint8Array(20),
      contract: new Uint8Array(20),
      sender: new Uint8Array(20),
      codeHash: new Uint8Array(32),
      keyEpoch: 1,
    }
    const [a, b] = [sealInput(context, io.public, Uint8Array.of(1)), sealInput(context, io.public, new Uint8Array(252))]
    assert.notDeepEqual(a.key.ephemeral.publicKey, b.key.ephemeral.publicKey)
    assert.equal(a.envelope.length, b.envelope.length)
  })

  it("refuses what does not fit and a key of small order, and never prints its secret", () => {
    const context = {
      chainId: 1n,
      enigma: new Uint8Array(20),
      contract: new Uint8Array(20),
      sender: new Uint8Array(20),
      codeHash: new Uint8Array(32),
      keyEpoch: 1,
    }
    assert.throws(
      () => sealInput(context, x25519Pair().public, new Uint8Array(MAX_INPUT_BYTES + 1)),
      code("INPUT_TOO_LARGE"),
    )
    assert.throws(() => sealInput(context, new Uint8Array(32), new Uint8Array(1)), { name: "CRYPTO_BAD_PUBLIC_KEY" })
    const { key } = sealInput(context, x25519Pair().public, new Uint8Array(MAX_INPUT_BYTES))
    assert.equal(JSON.stringify(key.ephemeral.secretKey), '"[redacted]"')
  })

  it("gives the vectors' bytes", () => {
    for (const v of vectors.envelopes) {
      const secretKey = SecretKey.take(fromHex(v.ephemeralSecret))
      const ephemeral = { secretKey, publicKey: nobleCrypto.x25519PublicKey(secretKey) }
      const context = {
        ...{ chainId: BigInt(v.chainId), enigma: fromHex(v.enigma), contract: fromHex(v.contract) },
        ...{ sender: fromHex(v.sender), codeHash: fromHex(v.codeHash), keyEpoch: v.keyEpoch },
      }
      const sealed = sealInputWith(ephemeral, context, fromHex(v.ioPublicKey), fromHex(v.calldata))
      assert.equal(toHex(sealed.envelope), v.envelope)
      assert.equal(toHex(sealed.inputsHash), v.inputsHash)
    }
  })
})

describe("openOutput", () => {
  const io = x25519Pair()
  const where = { chainId: 31337n, enigma: new Uint8Array(20).fill(1), contract: new Uint8Array(20).fill(2) }
  const taskId = new Uint8Array(32).fill(7)
  const { key } = sealInput(
    { ...where, sender: new Uint8Array(20), codeHash: new Uint8Array(32), keyEpoch: 1 },
    io.public,
    new Uint8Array(4),
  )
  const ephemeral = key.ephemeral.publicKey
  const body = encodeBody({
    result: RESULT_KIND.returned,
    gasUsed: 12_345n,
    data: Uint8Array.of(1, 2),
    message: "",
    events: [Uint8Array.of(9)],
  })
  const sealed = sealOutput(io, ephemeral, where, taskId, 0, body)
  const context = { ...where, taskId }

  it("opens what the enclave's half seals, whatever the body", () => {
    const bodies = fc.record({
      result: fc.constantFrom(...Object.values(RESULT_KIND)),
      gasUsed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      data: fc.uint8Array({ maxLength: 3_000 }),
      message: fc.string({ maxLength: 200 }),
      events: fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }),
    })
    fc.assert(
      fc.property(bodies, bytes32, fc.constantFrom(0 as const, 1 as const), (wanted, id, outcome) => {
        const output = sealOutput(io, ephemeral, where, id, outcome, encodeBody(wanted))
        const opened = openOutput(key, { ...where, taskId: id }, outcome, outputHash(output), output)
        assert.deepEqual({ ...opened, events: [...opened.events] }, { ...wanted })
      }),
      { numRuns: 60 },
    )
  })

  it("refuses any changed byte, even when the hash is changed along", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sealed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = Uint8Array.from(sealed)
        bad[at]! ^= flip
        assert.throws(() => openOutput(key, context, 0, outputHash(bad), bad), code("OUTPUT_MISMATCH"))
        assert.throws(() => openOutput(key, context, 0, outputHash(sealed), bad), code("OUTPUT_MISMATCH"))
      }),
      { numRuns: 60 },
    )
  })

  it("refuses the output of another task, outcome, place or hash", () => {
    const wants = outputHash(sealed)
    const other = new Uint8Array(20).fill(9)
    assert.equal(openOutput(key, context, 0, wants, sealed).gasUsed, 12_345n)
    assert.throws(
      () => openOutput(key, { ...context, taskId: new Uint8Array(32) }, 0, wants, sealed),
      code("OUTPUT_MISMATCH"),
    )
    assert.throws(() => openOutput(key, { ...context, chainId: 1n }, 0, wants, sealed), code("OUTPUT_MISMATCH"))
    assert.throws(() => openOutput(key, { ...context, contract: other }, 0, wants, sealed), code("OUTPUT_MISMATCH"))
    assert.throws(() => openOutput(key, { ...context, enigma: other }, 0, wants, sealed), code("OUTPUT_MISMATCH"))
    assert.throws(() => openOutput(key, context, 1, wants, sealed), code("OUTPUT_MISMATCH"))
    assert.throws(() => openOutput(key, context, 0, new Uint8Array(32), sealed), code("OUTPUT_MISMATCH"))
    const renamed = Uint8Array.from(sealed)
    renamed[1] = 1 // sealed as the normal outcome, called the other
    assert.throws(() => openOutput(key, context, 0, outputHash(renamed), renamed), code("OUTPUT_MISMATCH"))
    const fallback = sealOutput(io, ephemeral, where, taskId, 1, body)
    assert.throws(() => openOutput(key, context, 0, outputHash(fallback), fallback), code("OUTPUT_MISMATCH"))
  })

  it("refuses what is too short, too long, or of another version", () => {
    for (const raw of [
      new Uint8Array(),
      sealed.slice(0, 40),
      new Uint8Array(600_000),
      Uint8Array.of(2, ...sealed.slice(1)),
    ])
      assert.throws(() => openOutput(key, context, 0, outputHash(raw), raw), code("OUTPUT_MISMATCH"))
  })

  it("says so when the key was wiped", () => {
    const gone = sealInput(
      { ...where, sender: new Uint8Array(20), codeHash: new Uint8Array(32), keyEpoch: 1 },
      io.public,
      new Uint8Array(4),
    ).key
    gone.ephemeral.secretKey.wipe()
    assert.throws(() => openOutput(gone, context, 0, outputHash(sealed), sealed), code("SECRET_FORGOTTEN"))
  })

  it("opens the vectors", () => {
    for (const v of vectors.outputs) {
      const secretKey = SecretKey.take(fromHex(v.ephemeralSecret))
      const ephemeral = { secretKey, publicKey: nobleCrypto.x25519PublicKey(secretKey) }
      const ioPublicKey = x25519Pair(fromHex(v.ioSecret)).public
      const at = {
        chainId: BigInt(v.chainId),
        enigma: fromHex(v.enigma),
        contract: fromHex(v.contract),
        taskId: fromHex(v.taskId),
      }
      const opened = openOutput({ ephemeral, ioPublicKey }, at, v.outcome, fromHex(v.outputHash), fromHex(v.sealed))
      const again = encodeBody({ ...opened, events: opened.events })
      assert.equal(toHex(again), v.body)
    }
  })
})
