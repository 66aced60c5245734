/** The nonce ledger: every transaction this account has in flight, written before it is sent. */
import {
  address,
  bool,
  bytes,
  type Decoded,
  decode,
  encode,
  hash,
  list,
  struct,
  text,
  u32,
  u64,
  u128,
  version,
} from "@enigma-discovery/protocol"
import { chainErrors } from "./errors.ts"

/** EIP-7825: most gas of one transaction. */
export const MAX_TRANSACTION_GAS = 16_777_216n
/** Calldata of one transaction; at the floor price of EIP-7623 more could not be paid for within the gas cap. */
export const MAX_TRANSACTION_DATA_BYTES = 1_048_576
const MAX_ATTEMPTS = 64

/** Keeps entries by nonce. A write has reached the disk when it resolves. */
export interface LedgerStore {
  all(): Promise<readonly Uint8Array[]>
  put(nonce: number, entry: Uint8Array): Promise<void>
  delete(nonce: number): Promise<void>
}

const LedgerEntryCodec = struct("ledger entry", {
  version: version("ledger entry", 1),
  nonce: u32,
  /** The caller's name for what this transaction is to do. */
  id: text(256, "transaction id"),
  lane: text(256, "lane"),
  to: address,
  data: bytes(MAX_TRANSACTION_DATA_BYTES, "transaction data"),
  valueWei: u128,
  gasLimit: u64,
  /** Last block in which it is of use; 0: always. */
  deadlineBlock: u64,
  /** It has been replaced by a transfer of nothing to ourselves, only to use up the nonce. */
  cancelled: bool,
  attempts: list(
    struct("attempt", { hash, maxFeeWei: u128, priorityFeeWei: u128, sentAtBlock: u64 }),
    MAX_ATTEMPTS,
    "attempts",
  ),
})
export type LedgerEntry = Decoded<typeof LedgerEntryCodec>
export type Attempt = LedgerEntry["attempts"][number]

export const encodeLedgerEntry = (entry: LedgerEntry): Uint8Array => encode(LedgerEntryCodec, entry)

/** @throws CHAIN_BAD_LEDGER */
export function decodeLedgerEntry(raw: Uint8Array): LedgerEntry {
  try {
    return decode(LedgerEntryCodec, raw, 2 * MAX_TRANSACTION_DATA_BYTES)
  } catch (cause) {
    throw chainErrors.make("BAD_LEDGER", { what: "an entry does not decode" }, { cause })
  }
}

export const withAttempt = (entry: LedgerEntry, attempt: Attempt): LedgerEntry => ({
  ...entry,
  attempts: [...entry.attempts.slice(-(MAX_ATTEMPTS - 1)), attempt],
})

/** For tests, and for accounts whose process keeps nothing. */
export function memoryLedger(): LedgerStore {
  const entries = new Map<number, Uint8Array>()
  return {
    all: async () => [...entries.values()],
    put: async (nonce, entry) => void entries.set(nonce, entry),
    delete: async (nonce) => void entries.delete(nonce),
  }
}
