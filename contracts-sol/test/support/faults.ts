/** Evidence of faults as `IFaults` wants it. */
import { fromHex, type Hex, keyStatementPreimage } from "@enigma-discovery/protocol"
import { concat, hexlify, keccak256, type SigningKey } from "ethers"
import type { IBatches, IFaults } from "../../../types/ethers-contracts/index.ts"
import { keccak } from "./hash.ts"
import { type Deployment, type RunningNetwork, signedBatch } from "./network.ts"

const NOTHING = keccak256("0x")
const hex = (value: string): Uint8Array => fromHex(value.toLowerCase() as Hex)

/** What two batches have in common; for batches without extras. */
export const questionOf = (b: IBatches.BatchStruct, link: string): IFaults.QuestionStruct => ({
  secretContract: b.secretContract,
  epoch: b.epoch,
  fromIndex: b.fromIndex,
  toIndex: b.toIndex,
  link,
  cumLockedGrains: b.cumLockedGrains,
  previousHead: b.previousHead,
  missingHash: NOTHING,
})

/** The rest of a signed batch without extras. */
export const answerOf = (b: IBatches.BatchStruct): IFaults.AnswerStruct => ({
  newHead: b.newHead,
  fallbackHead: b.fallbackHead,
  receiptsRoot: b.receiptsRoot,
  feeGrains: b.feeGrains,
  forfeitedGrains: b.forfeitedGrains,
  refundsHash: keccak256(concat(b.refunds.map(String))),
  payoutsHash: NOTHING,
  callbacksHash: NOTHING,
  validUntilBlock: b.validUntilBlock,
  r: b.r,
  vs: b.vs,
})

/** Two results of one enclave for the waiting records, which differ in the head. */
export async function twoResults(net: RunningNetwork, key: SigningKey, changes = {}) {
  const one = await signedBatch(net, net.queue, net.workers, {}, key)
  const two = await signedBatch(net, net.queue, net.workers, { newHead: keccak256("0x02"), ...changes }, key)
  return [questionOf(one.signed, one.link), answerOf(one.signed), answerOf(two.signed)] as const
}

/** An enclave's statement of a contract's io key (PROTOCOL §7.6). */
export const statement = (d: Deployment, contract: string, epoch: number, ioKey: string, key: SigningKey): string =>
  key.sign(hexlify(keccak(keyStatementPreimage(d.chainId, hex(d.address), hex(contract), epoch, hex(ioKey)))))
    .serialized
