/**
 * The enclave's half of sealing, written from PROTOCOL §6.1-§6.3 on node:crypto alone: it shares no line with the client, so that
 * an error in one is seen in the other. Keccak-256, which OpenSSL lacks, is ethers'.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
} from "node:crypto"
import { keccak256, toUtf8Bytes } from "ethers"

const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex")
const SPKI_X25519 = Buffer.from("302a300506032b656e032100", "hex")
const privateKey = (raw: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PKCS8_X25519, raw]), format: "der", type: "pkcs8" })
const publicKey = (raw: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([SPKI_X25519, raw]), format: "der", type: "spki" })

export interface X25519Pair {
  readonly secret: Uint8Array
  readonly public: Uint8Array
}
export function x25519Pair(secret: Uint8Array = randomBytes(32)): X25519Pair {
  const spki = createPublicKey(privateKey(secret)).export({ format: "der", type: "spki" })
  return { secret, public: Uint8Array.from(spki.subarray(-32)) }
}

export const hash = (bytes: Uint8Array): Buffer => Buffer.from(keccak256(bytes).slice(2), "hex")
export const tag = (name: string): Buffer => hash(toUtf8Bytes(`enigma/1/${name}`))
/** 32-byte words as `abi.encode` writes static types. */
export const words = (...values: readonly (bigint | number | Uint8Array)[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const raw =
        value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(value.toString(16).padStart(64, "0"), "hex")
      return Buffer.concat([Buffer.alloc(32 - raw.length), raw])
    }),
  )

export interface Place {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly contract: Uint8Array
}

const CLASSES = [256, 1_024, 4_096, 16_384, 65_536, 262_144]
function padded(content: Uint8Array): Buffer {
  const out = Buffer.alloc(CLASSES.find((size) => size >= content.length + 4)!)
  out.writeUInt32BE(content.length)
  out.set(content, 4)
  return out
}

function keyAndNonce(io: X25519Pair, ephemeral: Uint8Array, info: Buffer) {
  const shared = diffieHellman({ privateKey: privateKey(io.secret), publicKey: publicKey(ephemeral) })
  const okm = Buffer.from(hkdfSync("sha256", shared, Buffer.concat([ephemeral, io.public]), info, 44))
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32) }
}

/** Opens an envelope as the enclave does. Throws when anything about it is not as PROTOCOL says. */
export function openEnvelope(
  io: X25519Pair,
  place: Place,
  sender: Uint8Array,
  codeHash: Uint8Array,
  envelope: Uint8Array,
): { readonly keyEpoch: number; readonly ephemeral: Uint8Array; readonly calldata: Uint8Array } {
  const raw = Buffer.from(envelope)
  if (raw[0] !== 1 || raw[1] !== 1) throw new Error("version or kind")
  const keyEpoch = raw.readUInt32BE(2)
  const ephemeral = raw.subarray(6, 38)
  const aad = hash(words(tag("envelope"), place.chainId, place.enigma, place.contract, sender, keyEpoch, codeHash))
  const { key, nonce } = keyAndNonce(io, ephemeral, Buffer.concat([toUtf8Bytes("enigma/1/envelope"), aad]))
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(aad)
  decipher.setAuthTag(raw.subarray(-16))
  const plain = Buffer.concat([decipher.update(raw.subarray(38, -16)), decipher.final()])
  const content = plain.subarray(4, 4 + plain.readUInt32BE())
  if (!plain.equals(padded(content))) throw new Error("padding")
  return { keyEpoch, ephemeral: Uint8Array.from(ephemeral), calldata: Uint8Array.from(content) }
}

/** What a query asks, as the enclave reads it (PROTOCOL §6.6). */
export interface AskedQuery {
  readonly keyEpoch: number
  readonly readerKey: Uint8Array
  readonly permit: {
    readonly contract: Uint8Array
    readonly methods: readonly Uint8Array[]
    readonly argumentsHash: Uint8Array
    readonly readerKey: Uint8Array
    readonly expiryS: bigint
  }
  readonly permitSignature: Uint8Array
  readonly calldata: Uint8Array
  readonly minRecords: number
  readonly minBlock: bigint
  /** Seals an encoded answer body. */
  answer(body: Uint8Array): Uint8Array
}

/** Opens a query as the enclave does. Throws when anything about it is not as PROTOCOL says. */
export function openQuery(io: X25519Pair, place: Place, query: Uint8Array): AskedQuery {
  const raw = Buffer.from(query)
  if (raw[0] !== 1 || raw[1] !== 2) throw new Error("version or kind")
  const [keyEpoch, readerKey, nonce] = [raw.readUInt32BE(2), raw.subarray(6, 38), raw.subarray(38, 70)]
  const shared = diffieHellman({ privateKey: privateKey(io.secret), publicKey: publicKey(readerKey) })
  const salt = Buffer.concat([readerKey, io.public, nonce])
  const derived = (more: Buffer, info: Buffer) => {
    const okm = Buffer.from(hkdfSync("sha256", shared, Buffer.concat([salt, more]), info, 44))
    return [okm.subarray(0, 32), okm.subarray(32)] as const
  }
  const aad = hash(words(tag("query"), place.chainId, place.enigma, place.contract, keyEpoch, nonce))
  const keys = derived(Buffer.alloc(0), Buffer.concat([toUtf8Bytes("enigma/1/query"), aad]))
  const decipher = createDecipheriv("aes-256-gcm", ...keys).setAAD(aad)
  decipher.setAuthTag(raw.subarray(-16))
  const plain = Buffer.concat([decipher.update(raw.subarray(70, -16)), decipher.final()])
  const content = plain.subarray(4, 4 + plain.readUInt32BE())
  if (!plain.equals(padded(content))) throw new Error("padding")
  let at = 0
  const take = (size: number) => {
    at += size
    return Uint8Array.from(content.subarray(at - size, at))
  }
  const number = (size: number) => BigInt(`0x${Buffer.from(take(size)).toString("hex")}`)
  const permit = {
    contract: take(20),
    methods: Array.from({ length: Number(number(4)) }, () => take(4)),
    argumentsHash: take(32),
    readerKey: take(32),
    expiryS: number(8),
  }
  const permitSignature = take(65)
  const calldata = take(Number(number(4)))
  const [minRecords, minBlock] = [Number(number(4)), number(8)]
  if (at !== content.length) throw new Error("trailing bytes")
  const answer = (body: Uint8Array): Uint8Array => {
    const fresh = randomBytes(32)
    const bound = hash(words(tag("query-answer"), place.chainId, place.enigma, place.contract, hash(query)))
    const sealing = derived(fresh, Buffer.concat([toUtf8Bytes("enigma/1/query-answer"), bound]))
    const cipher = createCipheriv("aes-256-gcm", ...sealing).setAAD(bound)
    const sealed = Buffer.concat([cipher.update(padded(body)), cipher.final(), cipher.getAuthTag()])
    return Uint8Array.from(Buffer.concat([Buffer.of(1), fresh, sealed]))
  }
  return {
    keyEpoch,
    readerKey: Uint8Array.from(readerKey),
    permit,
    permitSignature,
    calldata,
    minRecords,
    minBlock,
    answer,
  }
}

export interface AnswerBody {
  readonly result: number
  readonly data?: Uint8Array
  readonly message?: string
  readonly records: number
  readonly head?: Uint8Array
  readonly blockNumber: bigint
}

/** QueryAnswerBodyCodec by hand. */
export function encodeAnswer({ result, data = new Uint8Array(), message = "", ...at }: AnswerBody): Buffer {
  const block = Buffer.alloc(8)
  block.writeBigUInt64BE(at.blockNumber)
  const head = at.head ?? new Uint8Array(32)
  return Buffer.concat([Buffer.of(result), sized(data), sized(toUtf8Bytes(message)), u32(at.records), head, block])
}

export interface Body {
  readonly result: number
  readonly gasUsed: bigint
  readonly data?: Uint8Array
  readonly message?: string
  readonly events?: readonly Uint8Array[]
}
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(value)
  return out
}
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u32(bytes.length), bytes])

/** OutputBodyCodec by hand. */
export function encodeBody({ result, gasUsed, data = new Uint8Array(), message = "", events = [] }: Body): Buffer {
  const gas = Buffer.alloc(8)
  gas.writeBigUInt64BE(gasUsed)
  return Buffer.concat([
    Buffer.of(result),
    gas,
    sized(data),
    sized(toUtf8Bytes(message)),
    u32(events.length),
    ...events.map(sized),
  ])
}

/** Seals an output as the enclave does. */
export function sealOutput(
  io: X25519Pair,
  ephemeral: Uint8Array,
  place: Place,
  taskId: Uint8Array,
  outcome: number,
  body: Uint8Array,
): Uint8Array {
  const info = Buffer.concat([toUtf8Bytes("enigma/1/output"), taskId, Buffer.of(outcome)])
  const { key, nonce } = keyAndNonce(io, ephemeral, info)
  const aad = hash(words(tag("output"), place.chainId, place.enigma, place.contract, taskId, outcome))
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad)
  const sealed = Buffer.concat([cipher.update(padded(body)), cipher.final(), cipher.getAuthTag()])
  return Uint8Array.from(Buffer.concat([Buffer.of(1, outcome), sealed]))
}
