/**
 * Writes vectors/queries.json from the text of docs/PROTOCOL.md §6.6 and §6.7 with node:crypto (OpenSSL) and ethers' EIP-712 code, so
 * that client and enclave are checked against a second implementation. `node packages/testing/scripts/query-vectors.ts [--check]`
 */
import { createCipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { keccak256, SigningKey, TypedDataEncoder, toUtf8Bytes, Wallet } from "ethers"

const bytes = (hex: string) => Buffer.from(hex.slice(2), "hex")
const hex = (raw: Uint8Array) => `0x${Buffer.from(raw).toString("hex")}`
const seeded = (name: string) => bytes(keccak256(toUtf8Bytes(`query vectors: ${name}`)))
const hash = (raw: Uint8Array) => bytes(keccak256(raw))
const tag = (name: string) => hash(toUtf8Bytes(`enigma/1/${name}`))
const u32 = (n: number) => bytes(`0x${n.toString(16).padStart(8, "0")}`)
const u64 = (n: bigint) => bytes(`0x${n.toString(16).padStart(16, "0")}`)
const sized = (raw: Uint8Array) => Buffer.concat([u32(raw.length), raw])
const words = (...values: (Uint8Array | bigint | number)[]) =>
  Buffer.concat(
    values.map((v) => {
      const raw = v instanceof Uint8Array ? v : bytes(`0x${v.toString(16).padStart(64, "0")}`)
      return Buffer.concat([Buffer.alloc(32 - raw.length), raw])
    }),
  )
const CLASSES = [256, 1_024, 4_096, 16_384, 65_536, 262_144]
function padded(content: Uint8Array): Buffer {
  const out = Buffer.alloc(CLASSES.find((size) => size >= content.length + 4)!)
  out.set(sized(content))
  return out
}
function seal(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, aad: Uint8Array, content: Uint8Array): Buffer {
  const okm = Buffer.from(hkdfSync("sha256", ikm, salt, info, 44))
  const cipher = createCipheriv("aes-256-gcm", okm.subarray(0, 32), okm.subarray(32)).setAAD(aad)
  return Buffer.concat([cipher.update(padded(content)), cipher.final(), cipher.getAuthTag()])
}
const privateKey = (raw: Uint8Array) => {
  const key = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw])
  return createPrivateKey({ key, format: "der", type: "pkcs8" })
}
const publicOf = (secret: Uint8Array) =>
  createPublicKey(privateKey(secret)).export({ format: "der", type: "spki" }).subarray(-32)

const chainId = 31_337n
const [enigma, contract] = [seeded("enigma").subarray(12), seeded("contract").subarray(12)]
const domain = { name: "Enigma", version: "1", chainId, verifyingContract: hex(enigma) }
const account = new Wallet(new SigningKey(hex(seeded("account"))))
const [ioSecret, readerSecret] = [seeded("io"), seeded("reader")]
const [ioPublicKey, readerKey] = [publicOf(ioSecret), publicOf(readerSecret)]
const shared = diffieHellman({ privateKey: privateKey(readerSecret), publicKey: createPublicKey(privateKey(ioSecret)) })

const PERMIT = {
  Permit: [
    { name: "secretContract", type: "address" },
    { name: "methods", type: "bytes4[]" },
    { name: "argumentsHash", type: "bytes32" },
    { name: "readerKey", type: "bytes32" },
    { name: "expiryS", type: "uint64" },
  ],
}

async function queryVector(calldata: Buffer, methods: readonly Buffer[], size: number) {
  const [nonce, answerSalt, head] = [seeded(`nonce ${size}`), seeded(`answer ${size}`), seeded("head")]
  const [keyEpoch, minRecords, minBlock, expiryS] = [7, 3, 400n, 1_700_003_600n]
  const argumentsHash = methods.length === 1 ? hash(calldata.subarray(4)) : Buffer.alloc(32)
  const value = {
    secretContract: hex(contract),
    methods: methods.map(hex),
    argumentsHash: hex(argumentsHash),
    readerKey: hex(readerKey),
    expiryS,
  }
  const permitSignature = await account.signTypedData(domain, PERMIT, value)
  const permit = [contract, u32(methods.length), ...methods, argumentsHash, readerKey, u64(expiryS)]
  const body = [...permit, bytes(permitSignature), sized(calldata), u32(minRecords), u64(minBlock)]
  const aad = hash(words(tag("query"), chainId, enigma, contract, keyEpoch, nonce))
  const salt = Buffer.concat([readerKey, ioPublicKey, nonce])
  const info = Buffer.concat([toUtf8Bytes("enigma/1/query"), aad])
  const ciphertext = seal(shared, salt, info, aad, Buffer.concat(body))
  const sealed = Buffer.concat([Buffer.of(1, 2), u32(keyEpoch), readerKey, nonce, ciphertext])
  const answer = { result: 0, data: hex(seeded("data")), message: "", records: 5, blockNumber: "401", head: hex(head) }
  const answerBody = [Buffer.of(0), sized(seeded("data")), sized(Buffer.alloc(0)), u32(5), head, u64(401n)]
  const answerAad = hash(words(tag("query-answer"), chainId, enigma, contract, hash(sealed)))
  const answerInfo = Buffer.concat([toUtf8Bytes("enigma/1/query-answer"), answerAad])
  const box = seal(shared, Buffer.concat([salt, answerSalt]), answerInfo, answerAad, Buffer.concat(answerBody))
  return {
    ...{ keyEpoch, nonce: hex(nonce), calldata: hex(calldata), minRecords, minBlock: String(minBlock) },
    permit: { ...value, expiryS: String(expiryS) },
    permitDigest: TypedDataEncoder.hash(domain, PERMIT, value),
    ...{ permitSignature, sealed: hex(sealed), answer },
    ...{ answerSalt: hex(answerSalt), sealedAnswer: hex(Buffer.concat([Buffer.of(1), answerSalt, box])) },
  }
}

async function storedVector() {
  const purpose = "Derive the key of my stored inputs. Sign this only for a page you trust."
  const types = {
    StorageKey: [
      { name: "account", type: "address" },
      { name: "purpose", type: "string" },
    ],
  }
  const signature = await account.signTypedData(domain, types, { account: account.address, purpose })
  const owner = bytes(account.address)
  const storageKey = Buffer.from(
    hkdfSync("sha256", bytes(signature).subarray(0, 64), owner, toUtf8Bytes("enigma/1/storage-key"), 32),
  )
  const [salt, calldata] = [seeded("stored salt"), Buffer.concat([seeded("call").subarray(0, 4), seeded("arguments")])]
  const call = "set(bytes32) returns ()"
  const aad = hash(words(tag("stored"), chainId, enigma, contract, owner))
  const info = Buffer.concat([toUtf8Bytes("enigma/1/stored"), aad])
  const ciphertext = seal(
    storageKey,
    salt,
    info,
    aad,
    Buffer.concat([sized(toUtf8Bytes(call) as Buffer), sized(calldata)]),
  )
  return {
    ...{ signature, storageKey: hex(storageKey), salt: hex(salt), functionSignature: call, calldata: hex(calldata) },
    sealed: hex(Buffer.concat([Buffer.of(1, 3), salt, ciphertext])),
  }
}

const short = seeded("calldata").subarray(0, 4)
const vectors = {
  _about: "Queries under a permit, their answers (PROTOCOL §6.6) and stored inputs (§6.7), by query-vectors.ts.",
  ...{ chainId: String(chainId), enigma: hex(enigma), contract: hex(contract) },
  ...{ accountSecret: account.privateKey, account: account.address.toLowerCase() },
  ...{ ioSecret: hex(ioSecret), ioPublicKey: hex(ioPublicKey) },
  ...{ readerSecret: hex(readerSecret), readerKey: hex(readerKey) },
  queries: [
    await queryVector(short, [], 0),
    await queryVector(Buffer.concat([short, seeded("arguments")]), [short], 1),
    await queryVector(Buffer.concat([short, Buffer.alloc(1_500, 7)]), [short, Buffer.alloc(4, 0xff)], 2),
  ],
  stored: await storedVector(),
}
const file = new URL("../vectors/queries.json", import.meta.url)
const text = `${JSON.stringify(vectors, null, 1)}\n`
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    throw new Error("vectors/queries.json is stale: run packages/testing/scripts/query-vectors.ts")
} else writeFileSync(file, text)
