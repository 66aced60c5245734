/**
 * What a secret contract may ask of the enclave: every function of import module `env`, as one table.
 *
 * The runtime's host functions, the AssemblyScript externs, the C header and docs/HOST-ABI.md all come from it, so the
 * four cannot disagree. Rules that hold for every row:
 *
 * - Pointers and sizes are unsigned 32-bit offsets into the contract's one linear memory. A range that leaves the
 *   memory, or a size above its limit, is a trap: a correct program never gets there.
 * - The price is charged before anything is read, written or computed. Too little gas left is `out-of-gas`, not an error
 *   the contract can see.
 * - A function that returns data of unknown size takes a buffer and its capacity and answers the true size. When that is
 *   above the capacity nothing is written, and the contract may ask again; nothing is ever cut short.
 * - One unit of gas stands for about one nanosecond of the reference machine (docs/HOST-ABI.md says how it is measured).
 */

/** "in": pointer the host reads. "out": pointer the host writes. "size": u32. */
export type HostParamKind = "in" | "out" | "size"

/** "size": bytes, or ABSENT. "flag": 1 for yes, 0 for no. "u64": unsigned. "none": returns nothing. "never": ends the call. */
export type HostResultKind = "none" | "never" | "size" | "flag" | "u64"

export type HostParam = {
  readonly name: string
  readonly kind: HostParamKind
  /** For a pointer: its length, in bytes or by the name of the size parameter that gives it. */
  readonly bytes?: number | string
}

/** Gas = base + perByte * (sum of the sizes that `bytes` names). */
export type HostPrice = {
  readonly base: number
  readonly perByte: number
  /** Which bytes are counted; "" when the price is flat. */
  readonly bytes: string
  /** Where the numbers come from. */
  readonly source: string
}

export type HostFunction = {
  readonly name: string
  readonly params: readonly HostParam[]
  readonly result: HostResultKind
  readonly price: HostPrice
  /** Trap when called in a query: queries have no randomness of their own and call nobody. */
  readonly inQuery: "allowed" | "trap"
  readonly doc: string
}

/** The module name under which contracts import the table's functions. */
export const HOST_MODULE = "env"
/** Answer of a "size" function when there is nothing: no such key, no next key, a box that does not open. */
export const ABSENT = -1

/** All events of one call together; with the return data they fit the largest size class of an output. */
export const MAX_EVENTS_TOTAL_BYTES = 65_536
/** Random bytes of one `random` call. */
export const MAX_RANDOM_BYTES = 1_024
/** Input of one hash, signature check, encryption or decryption. */
export const MAX_CRYPTO_BYTES = 1_048_576
/** Additional data of `encrypt` and `decrypt`. */
export const MAX_AAD_BYTES = 4_096
/** What `encrypt` adds to the plaintext: a 12-byte nonce before it and a 16-byte tag behind it. */
export const SEAL_OVERHEAD_BYTES = 28
/** One debug line. */
export const MAX_DEBUG_BYTES = 1_024
/** Debug lines kept of one call; further ones are charged and dropped. */
export const MAX_DEBUG_LINES = 256
/** Calldata of one call: an envelope of the largest size class holds it. */
export const MAX_CALLDATA_BYTES = 262_140
/** Linear memory of one call, in pages of 64 KiB: 16 MiB. */
export const MAX_MEMORY_PAGES = 256
/** Gas above this is never granted, whatever the record says; about a quarter of an hour on the reference machine. */
export const MAX_GAS_LIMIT = 1_000_000_000_000n

const at = (name: string, bytes: number | string): HostParam => ({ name, kind: "in", bytes })
const to = (name: string, bytes: number | string): HostParam => ({ name, kind: "out", bytes })
const size = (name: string): HostParam => ({ name, kind: "size" })

const flat = (base: number, source: string): HostPrice => ({ base, perByte: 0, bytes: "", source })
const linear = (base: number, perByte: number, bytes: string, source: string): HostPrice => ({
  base,
  perByte,
  bytes,
  source,
})

const CROSSING = "crossing into the host: about 100 ns, most of it the gas word"
const MEASURED = (what: string) => `${what}, measured on the reference machine, rounded up`

export const HOST_FUNCTIONS = [
  {
    name: "calldata_size",
    params: [],
    result: "size",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Bytes of calldata: a 4-byte selector and ABI words, or the constructor's ABI words without a selector.",
  },
  {
    name: "calldata_read",
    params: [to("out", "size"), size("offset"), size("size")],
    result: "none",
    price: linear(100, 1, "size", CROSSING),
    inQuery: "allowed",
    doc: "Copies calldata[offset, offset + size) to out. Reading past its end is a trap.",
  },
  {
    name: "return_data",
    params: [at("data", "size"), size("size")],
    result: "none",
    price: linear(100, 1, "size", CROSSING),
    inQuery: "allowed",
    doc: "Sets the call's result, at most MAX_RETURN_BYTES. The last one set counts. Does not end the call.",
  },
  {
    name: "revert",
    params: [at("message", "size"), size("size")],
    result: "never",
    price: linear(100, 1, "size", CROSSING),
    inQuery: "allowed",
    doc: "Ends the call and undoes it; the caller gets the message (UTF-8, at most MAX_ERROR_TEXT_BYTES) sealed, and the gas left.",
  },
  {
    name: "sender",
    params: [to("out", 20)],
    result: "none",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "The address that recorded the task; in a query, the reader its permit names.",
  },
  {
    name: "contract_address",
    params: [to("out", 20)],
    result: "none",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "This contract's own address, from which its callbacks come.",
  },
  {
    name: "task_id",
    params: [to("out", 32)],
    result: "none",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Id of the task: its link in the contract's queue. In a query, the head of the state it reads.",
  },
  {
    name: "block_number",
    params: [],
    result: "u64",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Block of the task's record, the same whenever and wherever it is executed.",
  },
  {
    name: "block_timestamp",
    params: [],
    result: "u64",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Time of that block, in seconds since 1970.",
  },
  {
    name: "value_token",
    params: [to("out", 20)],
    result: "none",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Token sent with the task: an ERC-20's address, or zero for ETH.",
  },
  {
    name: "value_amount",
    params: [to("out", 32)],
    result: "none",
    price: flat(100, CROSSING),
    inQuery: "allowed",
    doc: "Amount sent with the task, a big-endian 256-bit word in the token's smallest unit; zero when nothing was sent.",
  },
  {
    name: "state_read",
    params: [at("key", "key_size"), size("key_size"), to("out", "capacity"), size("capacity")],
    result: "size",
    price: linear(500, 2, "key_size + the bytes copied", MEASURED("a lookup in a map of a million keys")),
    inQuery: "allowed",
    doc: "Size of the value under key, or ABSENT. Copies it to out when it fits in capacity.",
  },
  {
    name: "state_write",
    params: [at("key", "key_size"), size("key_size"), at("value", "value_size"), size("value_size")],
    result: "none",
    price: linear(
      2_000,
      20,
      "key_size + value_size",
      "each byte is sealed, sent, stored and replayed by every follower",
    ),
    inQuery: "allowed",
    doc: "Sets the value under key. In a query the write is seen by that query alone and then dropped.",
  },
  {
    name: "state_write_public",
    params: [at("key", "key_size"), size("key_size"), at("value", "value_size"), size("value_size")],
    result: "none",
    price: linear(2_000, 20, "key_size + value_size", "as state_write"),
    inQuery: "allowed",
    doc: "As state_write, and the entry, key and value, stands in clear in the delta for everyone to read.",
  },
  {
    name: "state_remove",
    params: [at("key", "key_size"), size("key_size")],
    result: "none",
    price: linear(2_000, 20, "key_size", "as state_write"),
    inQuery: "allowed",
    doc: "Removes key; nothing happens when it is not there.",
  },
  {
    name: "state_next",
    params: [
      at("prefix", "prefix_size"),
      size("prefix_size"),
      at("after", "after_size"),
      size("after_size"),
      to("out", "capacity"),
      size("capacity"),
    ],
    result: "size",
    price: linear(
      1_000,
      2,
      "prefix_size + after_size + the bytes copied",
      MEASURED("a search in an ordered map of a million keys"),
    ),
    inQuery: "allowed",
    doc: "Size of the first key that starts with prefix and is greater than after, or ABSENT; empty after starts at the first. Copies the key to out when it fits.",
  },
  {
    name: "random",
    params: [to("out", "size"), size("size")],
    result: "none",
    price: linear(2_000, 10, "size", MEASURED("HKDF-SHA256")),
    inQuery: "trap",
    doc: "Random bytes, at most MAX_RANDOM_BYTES: secret, fresh on every call within a task, and the same when the task is executed again.",
  },
  {
    name: "keccak256",
    params: [at("data", "size"), size("size"), to("out", 32)],
    result: "none",
    price: linear(6_000, 30, "size", MEASURED("noble keccak-f: 5.7 us a block of 136 bytes")),
    inQuery: "allowed",
    doc: "Ethereum's hash.",
  },
  {
    name: "sha256",
    params: [at("data", "size"), size("size"), to("out", 32)],
    result: "none",
    price: linear(2_000, 5, "size", MEASURED("noble sha256")),
    inQuery: "allowed",
    doc: "SHA-256 (FIPS 180-4).",
  },
  {
    name: "secp256k1_recover",
    params: [at("hash", 32), at("signature", 65), to("out", 20)],
    result: "flag",
    price: flat(2_000_000, MEASURED("noble: 494 a second")),
    inQuery: "allowed",
    doc: "Address whose key signed hash; 0 when there is none. signature is r | s | v with v 0, 1, 27 or 28; a high s is refused (EIP-2).",
  },
  {
    name: "secp256k1_verify",
    params: [at("hash", 32), at("signature", 64), at("public_key", "public_key_size"), size("public_key_size")],
    result: "flag",
    price: flat(1_800_000, MEASURED("noble: 554 a second")),
    inQuery: "allowed",
    doc: "Whether r | s signs hash under a public key of 33 (compressed) or 65 bytes; a high s is refused.",
  },
  {
    name: "ed25519_verify",
    params: [at("message", "size"), size("size"), at("signature", 64), at("public_key", 32)],
    result: "flag",
    price: linear(1_400_000, 5, "size", MEASURED("noble: 760 a second")),
    inQuery: "allowed",
    doc: "Whether signature signs message (RFC 8032, strict: canonical encodings only).",
  },
  {
    name: "encrypt",
    params: [
      at("key", 32),
      at("aad", "aad_size"),
      size("aad_size"),
      at("plaintext", "size"),
      size("size"),
      to("out", "size + 28"),
    ],
    result: "none",
    price: linear(25_000, 40, "aad_size + size", MEASURED("AES-256-GCM")),
    inQuery: "trap",
    doc: "Seals plaintext under the contract's own key with AES-256-GCM: nonce(12, from `random`) | ciphertext | tag(16).",
  },
  {
    name: "decrypt",
    params: [
      at("key", 32),
      at("aad", "aad_size"),
      size("aad_size"),
      at("box", "size"),
      size("size"),
      to("out", "size - 28"),
    ],
    result: "size",
    price: linear(25_000, 40, "aad_size + size", MEASURED("AES-256-GCM")),
    inQuery: "allowed",
    doc: "Opens what `encrypt` made: the plaintext's size, or ABSENT when key, aad or box do not belong together.",
  },
  {
    name: "ethereum_call",
    params: [at("target", 20), at("data", "size"), size("size")],
    result: "none",
    price: linear(5_000, 20, "size", "as state_write: the batch carries it to the chain"),
    inQuery: "trap",
    doc: "Adds a call of an Ethereum contract, made from this contract's address when the task is committed; calls keep their order and stand or fall together. Each gets an even share of the record's callback gas. At most MAX_CALLBACKS of MAX_CALLBACK_DATA_BYTES.",
  },
  {
    name: "emit_event",
    params: [at("data", "size"), size("size")],
    result: "none",
    price: linear(1_000, 20, "size", "as state_write: kept with the output"),
    inQuery: "allowed",
    doc: "Adds an event to the output, sealed to the caller like the result.",
  },
  {
    name: "debug_print",
    params: [at("text", "size"), size("size")],
    result: "none",
    price: linear(100, 1, "size", CROSSING),
    inQuery: "allowed",
    doc: "A line of text for the developer. Only where the network's profile allows it; elsewhere a contract that imports it is refused.",
  },
] as const satisfies readonly HostFunction[]

export type HostFunctionName = (typeof HOST_FUNCTIONS)[number]["name"]

const BY_NAME: ReadonlyMap<string, HostFunction> = new Map(HOST_FUNCTIONS.map((entry) => [entry.name, entry]))

/** The row of an import, or undefined for a name that is not in the table. */
export function hostFunction(name: HostFunctionName): HostFunction
export function hostFunction(name: string): HostFunction | undefined
export function hostFunction(name: string): HostFunction | undefined {
  return BY_NAME.get(name)
}

/** Gas of one call whose counted sizes sum to `bytes`. */
export function hostPrice(name: HostFunctionName, bytes: number): bigint {
  const { base, perByte } = hostFunction(name).price
  return BigInt(base) + BigInt(perByte) * BigInt(bytes)
}

export type HostSignature = {
  readonly params: readonly ("i32" | "i64")[]
  readonly results: readonly ("i32" | "i64")[]
}

/** The WebAssembly type of a row. */
export function hostSignature(entry: HostFunction): HostSignature {
  const params = entry.params.map(() => "i32" as const)
  if (entry.result === "none" || entry.result === "never") return { params, results: [] }
  return { params, results: [entry.result === "u64" ? "i64" : "i32"] }
}
