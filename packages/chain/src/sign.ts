import { fromHex, toHex } from "@enigma-discovery/protocol"
import { SigningKey, Transaction } from "ethers"
import type { Fees } from "./fees.ts"
import type { LedgerEntry } from "./ledger.ts"

export interface SignedTransaction {
  readonly hash: Uint8Array
  readonly raw: Uint8Array
}

/** Type 2 (EIP-1559). Signing is deterministic (RFC 6979): the same entry and fees give the same bytes again. */
export function signTransaction(
  chainId: bigint,
  account: Uint8Array,
  secretKey: Uint8Array,
  entry: LedgerEntry,
  fees: Fees,
): SignedTransaction {
  const transaction = Transaction.from({
    type: 2,
    chainId,
    nonce: entry.nonce,
    to: toHex(entry.cancelled ? account : entry.to),
    data: entry.cancelled ? "0x" : toHex(entry.data),
    value: entry.cancelled ? 0n : entry.valueWei,
    gasLimit: entry.cancelled ? 21_000n : entry.gasLimit,
    maxFeePerGas: fees.maxFeeWei,
    maxPriorityFeePerGas: fees.priorityFeeWei,
  })
  transaction.signature = new SigningKey(toHex(secretKey)).sign(transaction.unsignedHash)
  return { hash: fromHex(transaction.hash!, 32), raw: fromHex(transaction.serialized) }
}
