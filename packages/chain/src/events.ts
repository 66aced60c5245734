/** Enigma's events as typed values. */
import {
  bigintToBytes,
  fromHex,
  RECORD_FLAG,
  type TaskRecord,
  toHex,
  unpackBatchInfo,
  unpackTerms,
} from "@enigma-discovery/protocol"
import type { LogDescription } from "ethers"
import { enigmaInterface } from "./abi.ts"
import type { FollowedBlock } from "./follower.ts"
import { bad } from "./internal/parse.ts"
import type { ChainLog } from "./logs.ts"

/** Where an event stands. */
export interface EventPlace {
  readonly blockNumber: number
  readonly blockHash: Uint8Array
  readonly transactionHash: Uint8Array
  readonly logIndex: number
}

export type EnigmaEvent = EventPlace &
  (
    | {
        /** One record of a queue, from TaskRecorded or TasksRecorded and the TaskPaid before it. */
        readonly type: "record"
        readonly contract: Uint8Array
        readonly index: number
        readonly record: TaskRecord
        readonly lockedGrains: bigint
      }
    | {
        readonly type: "deployment"
        readonly contract: Uint8Array
        readonly deployer: Uint8Array
        readonly codeHash: Uint8Array
        readonly userSalt: Uint8Array
      }
    | {
        readonly type: "batch"
        readonly contract: Uint8Array
        readonly workerId: number
        readonly fromIndex: number
        readonly toIndex: number
        readonly receiptsRoot: Uint8Array
        readonly head: Uint8Array
        readonly callbacksFailed: boolean
      }
    | {
        readonly type: "epoch"
        readonly epoch: number
        readonly seed: Uint8Array
        readonly scheduledStartBlock: number
        readonly keeper: Uint8Array
      }
    | {
        readonly type: "settled"
        readonly contract: Uint8Array
        readonly fromIndex: number
        readonly toIndex: number
      }
    | { readonly type: "attested"; readonly workerId: number; readonly signer: Uint8Array; readonly quote: Uint8Array }
  )

const address = (value: unknown): Uint8Array => fromHex(String(value), 20)
const word = (value: unknown): Uint8Array => fromHex(String(value), 32)
const placeOf = ({ blockNumber, blockHash, transactionHash, logIndex }: ChainLog): EventPlace => ({
  blockNumber,
  blockHash,
  transactionHash,
  logIndex,
})

function parse(log: ChainLog): LogDescription | undefined {
  try {
    return enigmaInterface.parseLog({ topics: log.topics.map(toHex), data: toHex(log.data) }) ?? undefined
  } catch {
    throw bad("the data of an Enigma event")
  }
}

interface Payment {
  readonly token: Uint8Array
  readonly amount: bigint
}
/** Payments that wait, in their transaction, for the record they precede. */
type Payments = Map<string, Payment>
const paymentKey = (log: ChainLog, contract: Uint8Array, index: number) =>
  `${toHex(log.transactionHash)}/${toHex(contract)}/${index}`

function recordEvent(
  log: ChainLog,
  timestampS: number,
  payments: Payments,
  fields: { contract: Uint8Array; sender: Uint8Array; inputsHash: unknown; terms: unknown },
): EnigmaEvent {
  const { contract, sender } = fields
  const { index, lockedGrains, ...terms } = unpackTerms(BigInt(fields.terms as bigint))
  const payment = payments.get(paymentKey(log, contract, index))
  const record: TaskRecord = Object.freeze({
    sender,
    inputsHash: word(fields.inputsHash),
    ...terms,
    token: payment?.token ?? new Uint8Array(20),
    amount: payment?.amount ?? 0n,
    blockNumber: BigInt(log.blockNumber),
    timestampS: BigInt(timestampS),
  })
  return { type: "record", contract, index, record, lockedGrains, ...placeOf(log) }
}

type Arguments = LogDescription["args"]
interface Found {
  readonly log: ChainLog
  readonly args: Arguments
  readonly timestampS: number
  readonly payments: Payments
}
type Read = (found: Found) => readonly EnigmaEvent[]
const contractOf = ({ args }: Found): Uint8Array => address(args.secretContract)

function readPayment({ log, args, payments }: Found): readonly EnigmaEvent[] {
  const key = paymentKey(log, address(args.secretContract), Number(args.index))
  payments.set(key, { token: address(args.token), amount: BigInt(args.amount) })
  return []
}

function readRecord(found: Found): readonly EnigmaEvent[] {
  const { log, timestampS, payments, args } = found
  const { inputsHash, terms } = args
  const fields = { contract: contractOf(found), sender: address(args.sender), inputsHash, terms }
  return [recordEvent(log, timestampS, payments, fields)]
}

function readRecords(found: Found): readonly EnigmaEvent[] {
  const { log, timestampS, payments, args } = found
  const hashes = [...args.inputsHashes] as unknown[]
  const terms = [...args.terms] as unknown[]
  if (hashes.length !== terms.length) throw bad("a group of records")
  const common = { contract: contractOf(found), sender: address(args.sender) }
  return hashes.map((inputsHash, i) =>
    recordEvent(log, timestampS, payments, { ...common, inputsHash, terms: terms[i] }),
  )
}

function readDeployment(found: Found): readonly EnigmaEvent[] {
  const { deployer, codeHash, userSalt } = found.args
  const origin = { deployer: address(deployer), codeHash: word(codeHash), userSalt: word(userSalt) }
  return [{ type: "deployment", contract: contractOf(found), ...origin, ...placeOf(found.log) }]
}

function readBatch(found: Found): readonly EnigmaEvent[] {
  const { receiptsRoot, head, info } = found.args
  const outcome = { receiptsRoot: word(receiptsRoot), head: word(head), ...unpackBatchInfo(BigInt(info)) }
  return [{ type: "batch", contract: contractOf(found), ...outcome, ...placeOf(found.log) }]
}

function readEpochOpened({ log, args }: Found): readonly EnigmaEvent[] {
  const { epoch, seed, scheduledStartBlock, keeper } = args
  const opened = { epoch: Number(epoch), seed: word(seed), scheduledStartBlock: Number(scheduledStartBlock) }
  return [{ type: "epoch", ...opened, keeper: address(keeper), ...placeOf(log) }]
}

function readSettled(found: Found): readonly EnigmaEvent[] {
  const { fromIndex, toIndex } = found.args
  const records = { fromIndex: Number(fromIndex), toIndex: Number(toIndex) }
  return [{ type: "settled", contract: contractOf(found), ...records, ...placeOf(found.log) }]
}

function readAttested({ log, args }: Found): readonly EnigmaEvent[] {
  const { workerId, signer, quote } = args
  const attested = { workerId: Number(workerId), signer: address(signer), quote: fromHex(String(quote)) }
  return [{ type: "attested", ...attested, ...placeOf(log) }]
}

const READ: Readonly<Record<string, Read>> = {
  TaskPaid: readPayment,
  TaskRecorded: readRecord,
  TasksRecorded: readRecords,
  DeploymentRecorded: readDeployment,
  BatchCommitted: readBatch,
  EpochOpened: readEpochOpened,
  RecordsSettled: readSettled,
  WorkerAttested: readAttested,
}

function eventsOf(log: ChainLog, timestampS: number, payments: Payments): readonly EnigmaEvent[] {
  const found = parse(log)
  const read = found === undefined ? undefined : READ[found.name]
  return read === undefined ? [] : read({ log, args: found!.args, timestampS, payments })
}

/** Events of a block in order. Logs of other kinds are passed over. @throws CHAIN_BAD_RESPONSE for data that does not decode. */
export function enigmaEvents(block: Pick<FollowedBlock, "logs" | "timestampS">): readonly EnigmaEvent[] {
  const payments: Payments = new Map()
  return block.logs.flatMap((log) => eventsOf(log, block.timestampS, payments))
}

/**
 * The envelope that a `recordTaskWithInputs` call carries, when the transaction itself is that call for the contract;
 * undefined when it was made by another contract in between or is another call.
 */
export function inlineInputs(transactionData: Uint8Array, contract: Uint8Array): Uint8Array | undefined {
  try {
    const call = enigmaInterface.parseTransaction({ data: toHex(transactionData) })
    if (call?.name !== "recordTaskWithInputs") return undefined
    const to = bigintToBytes(BigInt(call.args.secretContract as string), 20)
    return toHex(to) === toHex(contract) ? fromHex(String(call.args.inputs)) : undefined
  } catch {
    return undefined
  }
}

export const isInline = (record: Pick<TaskRecord, "flags">): boolean => (record.flags & RECORD_FLAG.INLINE_INPUTS) !== 0
