/** A broken enclave: its key signs a batch twice, with two results, and Enigma is shown both. */
import { enigmaAbi } from "@enigma-discovery/contracts"
import { keccak256 } from "@enigma-discovery/crypto"
import {
  type Batch,
  decode,
  equalBytes,
  fromHex,
  type Hex,
  type SignedBatch,
  SignedBatchCodec,
  toHex,
} from "@enigma-discovery/protocol"
import { batchDigest, batchListHashes, batchSigner, type SigningDomain } from "@enigma-discovery/verify"
import { Interface, Signature } from "ethers"
import { devnetErrors } from "../errors.ts"
import type { NodeSlot } from "./node-slot.ts"

const enigma = new Interface(enigmaAbi)
const MAX_BATCH_BYTES = 1_048_576

/** Calldata of `proveEquivocation`. @throws DEVNET_NOTHING_SIGNED */
export async function equivocation(slot: NodeSlot, domain: SigningDomain, contract: string): Promise<Hex> {
  const wanted = fromHex(contract, 20, "contract")
  const signer = fromHex(slot.ready.signer ?? "0x", 20, "signer")
  const signed = (await slot.stored("signedBatch"))
    .map((bytes) => decode(SignedBatchCodec, bytes, MAX_BATCH_BYTES))
    .findLast((one) => equalBytes(one.batch.contract, wanted) && equalBytes(batchSigner(domain, one), signer))
  if (signed === undefined) throw devnetErrors.make("NOTHING_SIGNED", { name: slot.name, contract })
  const other: Batch = { ...signed.batch, receiptsRoot: keccak256(signed.batch.receiptsRoot) }
  const otherSigned = { batch: other, signature: slot.enclave.debugSign(batchDigest(domain, other)) }
  const args = [questionOf(signed.batch), answerOf(signed), answerOf(otherSigned)]
  return enigma.encodeFunctionData("proveEquivocation", args) as Hex
}

const questionOf = (batch: Batch) => ({
  secretContract: toHex(batch.contract),
  epoch: batch.epoch,
  fromIndex: batch.fromIndex,
  toIndex: batch.toIndex,
  link: toHex(batch.link),
  cumLockedGrains: batch.cumLockedGrains,
  previousHead: toHex(batch.previousHead),
  missingHash: toHex(batchListHashes(batch).missingHash),
})

function answerOf({ batch, signature }: SignedBatch) {
  const { r, yParityAndS: vs } = Signature.from(toHex(signature))
  const { refundsHash, payoutsHash, callbacksHash } = batchListHashes(batch)
  return {
    newHead: toHex(batch.newHead),
    fallbackHead: toHex(batch.fallbackHead),
    receiptsRoot: toHex(batch.receiptsRoot),
    feeGrains: batch.feeGrains,
    forfeitedGrains: batch.forfeitedGrains,
    refundsHash: toHex(refundsHash),
    payoutsHash: toHex(payoutsHash),
    callbacksHash: toHex(callbacksHash),
    validUntilBlock: batch.validUntilBlock,
    r,
    vs,
  }
}

/** What the proof cost the worker. */
export function slashOf(logs: readonly { readonly topics: readonly string[]; readonly data: string }[]): bigint {
  for (const { topics, data } of logs) {
    const event = enigma.parseLog({ topics: [...topics], data })
    if (event?.name === "WorkerSlashed") return BigInt(event.args.slashed)
  }
  throw devnetErrors.make("RPC_FAILED", { method: "proveEquivocation", detail: "nobody was slashed" })
}
