import { type Batch, equalBytes, type SignedBatch } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { BuiltBatch } from "./batch.ts"

/**
 * What this enclave has signed for a contract's present position: one content, once. While an earlier signature may still be
 * used on chain, nothing else is signed there; afterwards the same content only, with a later last block.
 */
export class SignedPositions {
  #signed: { readonly built: BuiltBatch; readonly signed: SignedBatch } | undefined

  /** The batch that was signed from this record in this epoch, if any. */
  at(epoch: number, fromIndex: number): { readonly built: BuiltBatch; readonly signed: SignedBatch } | undefined {
    const known = this.#signed
    return known?.signed.batch.epoch === epoch && known.signed.batch.fromIndex === fromIndex ? known : undefined
  }

  /** @throws ENCLAVE_BATCH_ALREADY_SIGNED for another content at the same position */
  keep(built: BuiltBatch, signature: Uint8Array): SignedBatch {
    const { batch } = built
    const known = this.at(batch.epoch, batch.fromIndex)
    if (known !== undefined && !sameResult(known.signed.batch, batch)) {
      throw enclaveErrors.make("BATCH_ALREADY_SIGNED", { fromIndex: batch.fromIndex, epoch: batch.epoch })
    }
    const signed: SignedBatch = Object.freeze({ batch, signature })
    this.#signed = { built, signed }
    return signed
  }
}

/** The receipts' root binds every task and its outcome, the link every record. */
export const sameResult = (a: Batch, b: Batch): boolean =>
  a.toIndex === b.toIndex &&
  equalBytes(a.link, b.link) &&
  equalBytes(a.previousHead, b.previousHead) &&
  equalBytes(a.newHead, b.newHead) &&
  equalBytes(a.fallbackHead, b.fallbackHead) &&
  equalBytes(a.receiptsRoot, b.receiptsRoot)
