import { bigintToBytes, concatBytes, utf8Bytes } from "@enigma-discovery/protocol"
import { cryptoErrors } from "./errors.ts"
import { keccak256 } from "./hash.ts"

/** EIP-712 domain with the four fields OpenZeppelin's EIP712 uses. */
export interface Eip712Domain {
  readonly name: string
  readonly version: string
  readonly chainId: bigint
  /** 20 bytes. */
  readonly verifyingContract: Uint8Array
}

/** Field types of a struct: value types and hashed `bytes`/`string`. Nested structs and arrays are not used by the protocol. */
export type Eip712FieldType = "address" | "bool" | "bytes" | "string" | `uint${number}` | `bytes${number}`
export type Eip712Value<T> = T extends "bool"
  ? boolean
  : T extends "string"
    ? string
    : T extends `uint${string}`
      ? bigint
      : Uint8Array
export type Eip712Fields = readonly (readonly [name: string, type: Eip712FieldType])[]
export type Eip712Values<F extends Eip712Fields> = { readonly [P in F[number] as P[0]]: Eip712Value<P[1]> }

export interface Eip712Struct<F extends Eip712Fields> {
  /** `encodeType` (EIP-712), to compare with the Solidity constant. */
  readonly typeText: string
  /** keccak256 of `typeText`, 32 bytes. */
  readonly typeHash: Uint8Array
  /** `hashStruct`: keccak256(typeHash | words). @throws CRYPTO_BAD_LENGTH, PROTOCOL_OUT_OF_RANGE */
  hash(values: Eip712Values<F>): Uint8Array
}

/** Describes a struct once: `eip712Struct("Order", [["contract", "address"], ["nonce", "uint64"]])`. @throws CRYPTO_BAD_TYPE */
export function eip712Struct<const F extends Eip712Fields>(name: string, fields: F): Eip712Struct<F> {
  const encoders = fields.map(([field, type]) => [field, wordEncoder(type, `${name}.${field}`)] as const)
  const typeText = `${name}(${fields.map(([field, type]) => `${type} ${field}`).join(",")})`
  const typeHash = keccak256(utf8Bytes(typeText))
  const hash = (values: Eip712Values<F>): Uint8Array => {
    const byName = values as Readonly<Record<string, unknown>>
    return keccak256(concatBytes(typeHash, ...encoders.map(([field, encode]) => encode(byName[field]))))
  }
  return Object.freeze({ typeText, typeHash, hash })
}

const DOMAIN = eip712Struct("EIP712Domain", [
  ["name", "string"],
  ["version", "string"],
  ["chainId", "uint256"],
  ["verifyingContract", "address"],
])

/** EIP-712 `domainSeparator`, 32 bytes. */
export const eip712DomainSeparator = (domain: Eip712Domain): Uint8Array => DOMAIN.hash(domain)

/** keccak256(0x19 0x01 | domainSeparator | structHash): the digest that is signed. */
export const eip712Digest = (domainSeparator: Uint8Array, structHash: Uint8Array): Uint8Array =>
  keccak256(concatBytes(Uint8Array.of(0x19, 0x01), domainSeparator, structHash))

type WordEncoder = (value: unknown) => Uint8Array

/** One 32-byte word a field (EIP-712 `encodeData`): numbers left-padded, byte strings right-padded, dynamic ones hashed. */
function wordEncoder(type: string, what: string): WordEncoder {
  const sized = /^(uint|bytes)([1-9]\d{0,2})$/.exec(type)
  const size = Number(sized?.[2])
  if (type === "address") return (value) => padded(value, 20, what, 12)
  if (type === "bool") return (value) => uintWord(value === true ? 1n : 0n, 1)
  if (type === "bytes") return (value) => keccak256(value as Uint8Array)
  if (type === "string") return (value) => keccak256(utf8Bytes(value as string))
  if (sized?.[1] === "uint" && size % 8 === 0 && size <= 256) return (value) => uintWord(value as bigint, size / 8)
  if (sized?.[1] === "bytes" && size <= 32) return (value) => padded(value, size, what, 0)
  throw cryptoErrors.make("BAD_TYPE", { got: type })
}

function uintWord(value: bigint, sizeBytes: number): Uint8Array {
  const out = new Uint8Array(32)
  out.set(bigintToBytes(value, sizeBytes), 32 - sizeBytes)
  return out
}

function padded(value: unknown, length: number, what: string, at: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) {
    throw cryptoErrors.make("BAD_LENGTH", { what, want: length, got: value instanceof Uint8Array ? value.length : 0 })
  }
  const out = new Uint8Array(32)
  out.set(value, at)
  return out
}
