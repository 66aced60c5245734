/** Obtains contract keys from the key managers (PROTOCOL §7.7). The answers are sealed to the enclave; this host only carries them. */
import { chainProof, collectProof } from "@enigma-discovery/chain/follow"
import { keyRequestProofSlots } from "@enigma-discovery/enclave/host"
import {
  equalBytes,
  type KeyRequestBundle,
  LINK_RING_SIZE,
  type QueuedRecord,
  type SealedKeyAnswer,
} from "@enigma-discovery/protocol"
import { type FetchWords, queueClaim, readFetched, SLOT, slotBytes } from "@enigma-discovery/verify"
import type { RecordRow } from "../store/tables.ts"
import type { WorkerContext } from "./context.ts"

/** False: not now; the next header may do. @throws VERIFY_* with what does not hold of the request at that block, NODE_PEER_* */
export async function obtainKeys(context: WorkerContext, contract: Uint8Array): Promise<boolean> {
  const { enclave, headers, network } = context
  const request = await enclave.keyRequest(contract)
  if (request === undefined) return true
  const header = headers.newest()
  if (header === undefined) return false
  const collector = collectProof(context.rpc, network.enigma, header, context.signal)
  const waiting = await waitingRecords(context, contract, collector.fetchWords)
  if (waiting === undefined) return false
  await keyRequestProofSlots(network, { request, ...waiting }, BigInt(header.timestampS), collector.fetchWords)
  const proof = chainProof(header.rlp, header.confirmations, header.signatures, collector.nodes())
  const answers = await askManagers(context, { request, ...waiting, proof })
  if (answers.length < network.keyThreshold) return false
  await enclave.keyAnswers(contract, answers)
  return true
}

async function askManagers(context: WorkerContext, bundle: KeyRequestBundle): Promise<readonly SealedKeyAnswer[]> {
  const { directory, requester, log, signal } = context
  const managers = directory.withRole("key-manager")
  const asked = managers.map(({ peer }) => requester.ask(peer, "keys", bundle, signal))
  const answers: SealedKeyAnswer[] = []
  for (const outcome of await Promise.allSettled(asked))
    if (outcome.status === "fulfilled") answers.push(outcome.value)
    else log.debug("a key manager gave no keys", { reason: String(outcome.reason?.message ?? outcome.reason) })
  return answers
}

type Waiting = Pick<KeyRequestBundle, "records" | "previousLink">

/** The queue from its first uncommitted record to the first one whose link stands in the ring; undefined when ours differs. */
async function waitingRecords(
  context: WorkerContext,
  contract: Uint8Array,
  words: FetchWords,
): Promise<Waiting | undefined> {
  const { value: queue } = await readFetched(queueClaim(contract), words)
  const { committed, submitted } = queue
  const previousLink = await context.index.linkBefore(contract, committed)
  if (submitted === committed) return { records: [], previousLink }
  const rows = await context.index.records(contract, committed, submitted - committed)
  const end = await firstStoredLink(contract, rows, committed, words)
  return end === undefined ? undefined : { records: rows.slice(0, end + 1).map(queued), previousLink }
}

/** Position of the first of these records, which begin at index `from`, whose link is in the ring at the block of `words`. */
export async function firstStoredLink(
  contract: Uint8Array,
  rows: readonly RecordRow[],
  from: number,
  words: FetchWords,
): Promise<number | undefined> {
  const ring = await words(Array.from({ length: LINK_RING_SIZE }, (_, i) => SLOT.link(contract, i)))
  const found = rows.findIndex(({ taskId }, i) => equalBytes(slotBytes(ring[(from + i) % LINK_RING_SIZE]!), taskId))
  return found < 0 ? undefined : found
}

export const queued = ({ record, cumLockedGrains }: RecordRow): QueuedRecord => ({ record, cumLockedGrains })
