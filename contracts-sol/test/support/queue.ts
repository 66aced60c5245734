/** A contract's queue as whoever follows the chain rebuilds it: from events alone, with the hashes of PROTOCOL §2. */
import {
  fromHex,
  genesisLinkPreimage,
  type Hex,
  leafPreimage,
  linkPreimage,
  RECORD_FLAG,
  type TaskRecord,
  toHex,
  unpackTerms,
} from "@enigma-discovery/protocol"
import { type ContractTransactionReceipt, ZeroAddress } from "ethers"
import type { IEnigma } from "../../../types/ethers-contracts/index.ts"
import { keccak } from "./hash.ts"

export interface QueuedTask {
  readonly index: number
  readonly sender: string
  readonly record: TaskRecord
  readonly leaf: string
  readonly link: string
  readonly lockedGrains: bigint
  readonly cumLockedGrains: bigint
}

export interface QueueModel {
  readonly contract: string
  readonly genesisLink: string
  readonly tasks: QueuedTask[]
  committed: number
  head: string
}

const hex = (value: string): Uint8Array => fromHex(value as Hex)

export function emptyQueue(contract: string, chainId: bigint, enigma: string): QueueModel {
  const genesisLink = toHex(
    keccak(genesisLinkPreimage(chainId, hex(enigma.toLowerCase()), hex(contract.toLowerCase()))),
  )
  return { contract, genesisLink, tasks: [], committed: 0, head: `0x${"00".repeat(32)}` }
}

interface Recorded {
  readonly sender: string
  readonly inputsHash: string
  readonly terms: bigint
}

/** Appends what a transaction recorded for this contract. Returns the new tasks. */
export async function follow(
  queue: QueueModel,
  enigma: IEnigma,
  receipt: ContractTransactionReceipt | null,
): Promise<QueuedTask[]> {
  if (receipt === null) throw new Error("the transaction is not mined")
  const block = await receipt.getBlock()
  const added: QueuedTask[] = []
  let payment = { token: ZeroAddress, amount: 0n }
  for (const log of receipt.logs) {
    const event = enigma.interface.parseLog(log)
    if (event === null || event.args.secretContract !== queue.contract) continue
    if (event.name === "TaskPaid") payment = { token: event.args.token, amount: event.args.amount }
    for (const recorded of recordedIn(event.name, event.args)) {
      added.push(append(queue, recorded, payment, BigInt(block.number), BigInt(block.timestamp)))
      payment = { token: ZeroAddress, amount: 0n }
    }
  }
  return added
}

function recordedIn(name: string, args: Record<string, unknown>): Recorded[] {
  if (name === "TaskRecorded") return [args as unknown as Recorded]
  if (name !== "TasksRecorded") return []
  const { sender, inputsHashes, terms } = args as { sender: string; inputsHashes: string[]; terms: bigint[] }
  return inputsHashes.map((inputsHash, i) => ({ sender, inputsHash, terms: terms[i]! }))
}

function append(
  queue: QueueModel,
  { sender, inputsHash, terms }: Recorded,
  payment: { token: string; amount: bigint },
  blockNumber: bigint,
  timestampS: bigint,
): QueuedTask {
  const { lockedGrains, index, flags, ...prices } = unpackTerms(terms)
  if (index !== queue.tasks.length) throw new Error(`record ${index} does not follow ${queue.tasks.length - 1}`)
  const record: TaskRecord = {
    sender: hex(sender.toLowerCase()),
    inputsHash: hex(inputsHash),
    ...prices,
    flags,
    token: hex(payment.token.toLowerCase()),
    amount: payment.amount,
    blockNumber,
    timestampS,
  }
  const last = queue.tasks.at(-1)
  const leaf = keccak(leafPreimage(record))
  const cumLockedGrains = (last?.cumLockedGrains ?? 0n) + lockedGrains
  const link = keccak(linkPreimage(hex(last?.link ?? queue.genesisLink), leaf, index, cumLockedGrains))
  const task = { index, sender, record, leaf: toHex(leaf), link: toHex(link), lockedGrains, cumLockedGrains }
  queue.tasks.push(task)
  return task
}

/** The (leaf, cumLocked) pairs that lead from a task's link to the newest one. Empty while the ring holds the link. */
export function laterRecords(queue: QueueModel, index: number, ringSize = 32) {
  if (queue.tasks.length - index <= ringSize) return []
  return queue.tasks.slice(index + 1).map(({ leaf, cumLockedGrains }) => ({ leaf, cumLockedGrains }))
}

export const isInline = (task: QueuedTask): boolean => (task.record.flags & RECORD_FLAG.INLINE_INPUTS) !== 0
