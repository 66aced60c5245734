/** Contracts to measure, and what recording and committing on them costs. */
import { type BigNumberish, id, type Signer } from "ethers"
import type { BatchOptions } from "../test/support/batch.ts"
import {
  deploySecretContract,
  lastBlockOfSchedule,
  mineToOpenWeights,
  signedBatch,
  termsOf,
} from "../test/support/network.ts"
import { follow, type QueueModel } from "../test/support/queue.ts"
import { type BenchChain, gasOf } from "./chain.ts"

/** Records and batches after which a contract's rings are in their second lap. */
const RING = 32
/** Records in one transaction. */
export const GROUP = 100
/** Cheap tasks: what they lock changes no gas. */
export const TERMS = termsOf({ gasLimit: 5_000n, gasPriceGrains: 2n })
/** Blocks a measured commit may need before the schedule ends its batch. */
const ROOM_BLOCKS = 8

/** A contract of the user whose record 0 is committed: everything after it is its first lap. */
export async function youngQueue(chain: BenchChain, salt: string): Promise<QueueModel> {
  const queue = await deploySecretContract(chain, chain.user, salt)
  await commitGas(chain, queue)
  return queue
}

/** A contract of which every ring position was written before. */
export async function steadyQueue(chain: BenchChain, salt: string): Promise<QueueModel> {
  const queue = await youngQueue(chain, salt)
  for (let i = 0; i < RING; i++) {
    await recordGas(chain, queue)
    await commitGas(chain, queue)
  }
  return queue
}

/** Records one task; the gas of the transaction. */
export async function recordGas(
  chain: BenchChain,
  queue: QueueModel,
  sender: Signer = chain.user,
  terms: BigNumberish = TERMS,
): Promise<number> {
  const sent = await chain.enigma.connect(sender).recordTask(queue.contract, inputsOf(queue), terms)
  await follow(queue, chain.enigma, await sent.wait())
  return gasOf(sent)
}

/** Records `count` tasks of the user in one transaction; its gas. */
export async function recordGroupGas(chain: BenchChain, queue: QueueModel, count: number): Promise<number> {
  const inputs = Array.from({ length: count }, (_, i) => inputsOf(queue, i))
  const sent = await chain.enigma.connect(chain.user).recordTasks(
    queue.contract,
    inputs,
    inputs.map(() => TERMS),
  )
  await follow(queue, chain.enigma, await sent.wait())
  return gasOf(sent)
}

/** Records `count` tasks of the user, in as few transactions as it takes. */
export async function recordMany(chain: BenchChain, queue: QueueModel, count: number): Promise<void> {
  for (let left = count; left > 0; left -= GROUP) await recordGroupGas(chain, queue, Math.min(GROUP, left))
}

/** Commits all waiting records; the gas of the transaction, and what it proved. */
export async function commitWaiting(chain: BenchChain, queue: QueueModel, options: Partial<BatchOptions> = {}) {
  const left = (await lastBlockOfSchedule(chain)) - (await chain.networkHelpers.time.latestBlock())
  if (left < ROOM_BLOCKS) await mineToOpenWeights(chain)
  const position = queue.committed === 0 ? 0n : (await chain.enigma.queueOf(queue.contract)).batches
  const made = await signedBatch(chain, queue, chain.workers, options)
  const gas = await gasOf(chain.enigma.connect(chain.keeper).commitBatch(made.signed))
  queue.committed = Number(made.call.toIndex)
  queue.head = String(made.call.newHead)
  return { ...made, position, gas }
}

export const commitGas = async (chain: BenchChain, queue: QueueModel, options: Partial<BatchOptions> = {}) =>
  (await commitWaiting(chain, queue, options)).gas

const inputsOf = (queue: QueueModel, ahead = 0) => id(`inputs ${queue.tasks.length + ahead}`)
