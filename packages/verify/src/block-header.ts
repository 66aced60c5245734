import { keccak256 } from "@enigma-discovery/crypto"
import { bigintToBytes, bytesToBigint, equalBytes, fromHex, MAX_HEADER_BYTES } from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"
import { decodeRlpList, encodeRlpList, encodeRlpString, type RlpItem } from "./rlp.ts"

/** An Ethereum block header: what the protocol reads of it. The hash covers all fields of every fork up to Osaka. */
export interface BlockHeader {
  /** keccak256 of the RLP, 32 bytes. */
  readonly hash: Uint8Array
  readonly parentHash: Uint8Array
  readonly stateRoot: Uint8Array
  readonly number: bigint
  /** Unix seconds. */
  readonly timestampS: bigint
}

type Kind = "uint64" | "uint256" | "bytes" | number

/**
 * Yellow Paper §4.4.3 and EIP-1559, 4895, 4844, 4788, 7685; in RLP order: [name in JSON-RPC, kind]. A number is the exact
 * length in bytes. Fields were only ever added at the end.
 */
const FIELDS: readonly (readonly [rpcName: string, kind: Kind])[] = [
  ["parentHash", 32],
  ["sha3Uncles", 32],
  ["miner", 20],
  ["stateRoot", 32],
  ["transactionsRoot", 32],
  ["receiptsRoot", 32],
  ["logsBloom", 256],
  ["difficulty", "uint256"],
  ["number", "uint64"],
  ["gasLimit", "uint64"],
  ["gasUsed", "uint64"],
  ["timestamp", "uint64"],
  ["extraData", "bytes"],
  ["mixHash", 32],
  ["nonce", 8],
  ["baseFeePerGas", "uint256"],
  ["withdrawalsRoot", 32],
  ["blobGasUsed", "uint64"],
  ["excessBlobGas", "uint64"],
  ["parentBeaconBlockRoot", 32],
  ["requestsHash", 32],
]
const INDEX = { parentHash: 0, stateRoot: 3, number: 8, timestamp: 11 } as const
/** Frontier, London, Shanghai, Cancun, Prague (and Osaka): no fork has another number of fields. */
const FIELD_COUNTS: readonly number[] = [15, 16, 17, 20, 21]

/** Parses and hashes a header's RLP. @throws VERIFY_RLP, VERIFY_HEADER */
export function parseBlockHeader(raw: Uint8Array): BlockHeader {
  if (raw.length > MAX_HEADER_BYTES) throw verifyErrors.make("HEADER", { why: "too large" })
  const items = decodeRlpList(raw, FIELDS.length, "block header")
  if (!FIELD_COUNTS.includes(items.length)) throw verifyErrors.make("HEADER", { why: "unknown number of fields" })
  items.forEach(checkField)
  const field = (name: keyof typeof INDEX): Uint8Array => items[INDEX[name]]!.payload.slice()
  return Object.freeze({
    hash: keccak256(raw),
    parentHash: field("parentHash"),
    stateRoot: field("stateRoot"),
    number: bytesToBigint(field("number")),
    timestampS: bytesToBigint(field("timestamp")),
  })
}

function checkField(item: RlpItem, i: number): void {
  const [name, kind] = FIELDS[i]!
  const { payload, isList } = item
  const fits = typeof kind === "number" ? payload.length === kind : kind === "bytes" || canonicalUint(payload, kind)
  if (isList || !fits) throw verifyErrors.make("HEADER", { why: `field ${name}` })
}

const canonicalUint = (bytes: Uint8Array, kind: "uint64" | "uint256"): boolean =>
  bytes.length <= (kind === "uint64" ? 8 : 32) && bytes[0] !== 0

/**
 * RLP of a header from the fields of `eth_getBlockByNumber` (`debug_getRawHeader` is not everywhere), checked against the
 * `hash` field, so that a header of a later fork is noticed here and not at the witness or the enclave.
 * @throws VERIFY_HEADER_FIELD, VERIFY_HEADER_UNKNOWN
 */
export function encodeRpcHeader(block: Readonly<Record<string, unknown>>): Uint8Array {
  const present = FIELDS.filter(([name]) => block[name] !== undefined && block[name] !== null)
  if (!FIELD_COUNTS.includes(present.length) || present.some((field, i) => field !== FIELDS[i])) {
    const missing = FIELDS.find((field, i) => field !== present[i])
    throw verifyErrors.make("HEADER_FIELD", { field: missing?.[0] ?? "extra" })
  }
  const raw = encodeRlpList(present.map(([name, kind]) => encodeRlpString(fieldBytes(name, kind, block[name]))))
  if (!equalBytes(keccak256(raw), fieldBytes("hash", 32, block.hash))) throw verifyErrors.make("HEADER_UNKNOWN")
  return raw
}

function fieldBytes(name: string, kind: Kind, value: unknown): Uint8Array {
  try {
    if (typeof value !== "string") throw new TypeError("not a string")
    if (kind === "uint64" || kind === "uint256") return minimalBytes(BigInt(value), kind === "uint64" ? 8 : 32)
    return fromHex(value, typeof kind === "number" ? kind : undefined, name)
  } catch (cause) {
    throw verifyErrors.make("HEADER_FIELD", { field: name }, { cause })
  }
}

function minimalBytes(value: bigint, maxBytes: number): Uint8Array {
  const padded = bigintToBytes(value, maxBytes)
  const first = padded.findIndex((b) => b !== 0)
  return first < 0 ? new Uint8Array(0) : padded.slice(first)
}
