import { deriveKey, keccak256 } from "@enigma-discovery/crypto"
import {
  type Envelope,
  equalBytes,
  MAX_CALLDATA_BYTES,
  RECEIPT_STATUS,
  RECORD_FLAG,
  RESULT_KIND,
  type Receipt,
  TASK_RANDOM_INFO,
} from "@enigma-discovery/protocol"
import { headAfterHash, nextHead, type PlacedRecord } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import { checkpointIsDue, sealCheckpoint } from "./checkpoint.ts"
import type { ContractKeys } from "./contract-keys.ts"
import { sealDelta } from "./delta.ts"
import type { Domain } from "./domain.ts"
import type { EngineCall } from "./engine.ts"
import { openEnvelope, parseEnvelope, type SharedSecret } from "./envelope.ts"
import { chargeOf } from "./fees.ts"
import { callbackFailedBody, DELTA_TOO_LARGE, failed, ruled, type TaskVerdict } from "./outcome.ts"
import { OUTCOME, sealOutput } from "./output.ts"
import type { StateChange, StateMap } from "./state-map.ts"

/** A proven record with its epoch (PROTOCOL §3.3); undefined: older than the ring of epochs, hence expired. */
export interface EpochRecord extends PlacedRecord {
  readonly epoch: number | undefined
}

/** A contract's code, checked against the contract's address. */
export interface ContractCode {
  readonly codeHash: Uint8Array
  readonly code: Uint8Array
}

/** What tasks of one contract run against. */
export interface TaskSetting {
  readonly domain: Domain
  readonly contract: Uint8Array
  /** In force: its state key seals the delta. */
  readonly epoch: number
  readonly keys: ContractKeys
  readonly code: ContractCode | undefined
  /** Block of the proven view. */
  readonly provenBlock: bigint
  readonly nextScheduledStart: bigint
  readonly expiryBlocks: bigint
  readonly inputsGraceBlocks: bigint
}

/** Where a state stands in the chain of its links. */
export interface Standing {
  readonly head: Uint8Array
  /** Epoch whose key sealed the link that led to `head`; undefined: none did. */
  readonly keyEpoch: number | undefined
  /** Bytes of the sealed deltas since the last checkpoint, or since the beginning. */
  readonly historyBytes: number
}

/** The state a task runs on. */
export interface TaskState extends Standing {
  readonly map: StateMap
}

/** A finished task; everything in it is determined by record, envelope, state before and epoch. */
export interface ExecutedTask {
  readonly placed: EpochRecord
  readonly receipt: Receipt
  readonly forfeitedGrains: bigint
  readonly changes: readonly StateChange[]
  readonly delta: Uint8Array | undefined
  /** Links of the checkpoint after the delta; none where none was due. */
  readonly checkpoint: readonly Uint8Array[]
  readonly output: Uint8Array | undefined
  /** Defined for a task with callbacks. */
  readonly fallbackOutput: Uint8Array | undefined
  readonly callbacks: TaskVerdict["callbacks"]
  readonly before: Standing
  readonly after: Standing
}

/** A task before its call: either a rule has decided already, or there is a call to make. */
export interface PreparedTask {
  readonly placed: EpochRecord
  readonly ruled: TaskVerdict | undefined
  readonly call: EngineCall | undefined
  /** Undefined where nothing can be sealed to the sender. Wiped by `wipePrepared`. */
  readonly shared: SharedSecret | undefined
}

const NO_HASH = new Uint8Array(32)

/**
 * Applies the rules of PROTOCOL §3.2 to a record and opens its envelope. `deployed`: record 0 has succeeded.
 * @throws ENCLAVE_INPUTS_PENDING, ENCLAVE_INPUTS_REQUIRED, ENCLAVE_CODE_MISSING, ENCLAVE_ENVELOPE_MISMATCH,
 * ENCLAVE_KEYS_MISSING; the task can be tried again then
 */
export function prepareTask(
  setting: TaskSetting,
  deployed: boolean,
  placed: EpochRecord,
  envelope: Uint8Array | undefined,
): PreparedTask {
  if (envelope !== undefined && !equalBytes(keccak256(envelope), placed.record.inputsHash))
    throw enclaveErrors.make("ENVELOPE_MISMATCH", { index: placed.index })
  const byRule = (ruled: TaskVerdict): PreparedTask => ({ placed, ruled, call: undefined, shared: undefined })
  const rule = ruleFor(setting, deployed, placed, envelope)
  if (rule !== undefined) return byRule(rule)
  const parsed = parseEnvelope(envelope!)
  if (parsed === undefined) return byRule(ruled(RECEIPT_STATUS.Failed))
  const epoch = placed.epoch!
  if (parsed.keyEpoch !== epoch && parsed.keyEpoch !== epoch - 1) return byRule(ruled(RECEIPT_STATUS.StaleKey))
  return openTask(setting, placed, parsed)
}

/** Wipes what was opened for a task, whether it ran or not. */
export function wipePrepared({ call, shared }: PreparedTask): void {
  shared?.secret.wipe()
  call?.randomSeed.fill(0)
}

/** The receipts that need no inputs, in the order of PROTOCOL §3.2. */
function ruleFor(
  setting: TaskSetting,
  deployed: boolean,
  { index, record, epoch }: EpochRecord,
  envelope: Uint8Array | undefined,
): TaskVerdict | undefined {
  const expired = setting.nextScheduledStart >= record.blockNumber + setting.expiryBlocks
  if (expired || epoch === undefined) return ruled(RECEIPT_STATUS.Expired)
  if (index > 0 && !deployed) return ruled(RECEIPT_STATUS.NotDeployed)
  if (envelope === undefined) return missing(setting, index, record)
  if (setting.code === undefined) throw enclaveErrors.make("CODE_MISSING")
  return undefined
}

function missing(setting: TaskSetting, index: number, record: EpochRecord["record"]): TaskVerdict {
  const isInline = (record.flags & RECORD_FLAG.INLINE_INPUTS) !== 0
  const codeMissing = index === 0 && setting.code === undefined
  if (isInline && !codeMissing) throw enclaveErrors.make("INPUTS_REQUIRED", { index })
  const untilBlock = record.blockNumber + setting.inputsGraceBlocks
  if (setting.provenBlock < untilBlock) throw enclaveErrors.make("INPUTS_PENDING", { index, untilBlock })
  return ruled(RECEIPT_STATUS.InputsMissing)
}

function openTask(setting: TaskSetting, placed: EpochRecord, envelope: Envelope): PreparedTask {
  const { domain, keys, contract, code } = setting
  const opened = openEnvelope(domain, keys, contract, placed.record.sender, code!.codeHash, envelope)
  if (opened.kind === "unreadable")
    return { placed, ruled: ruled(RECEIPT_STATUS.Failed), call: undefined, shared: undefined }
  const { shared } = opened
  if (opened.kind === "opened" && opened.calldata.length <= MAX_CALLDATA_BYTES)
    return { placed, ruled: undefined, call: callOf(setting, placed, opened.calldata), shared }
  const verdict = failed(RESULT_KIND.badInput, 0n, "the envelope does not open")
  return { placed, ruled: verdict, call: undefined, shared }
}

function callOf(
  { domain, contract, keys, code }: TaskSetting,
  { record, taskId, index, epoch }: EpochRecord,
  calldata: Uint8Array,
): EngineCall {
  const { randomKey } = keys.io(epoch!)
  const seed = deriveKey(domain.crypto, { inputKey: randomKey, salt: taskId, info: TASK_RANDOM_INFO })
  const { sender, blockNumber, timestampS: timestamp, token, amount, gasLimit } = record
  const kind = index === 0 ? "construct" : "call"
  const context = { contract, sender, taskId, blockNumber, timestamp, token, amount, calldata, kind } as const
  const randomSeed = seed.expose((bytes) => bytes.slice())
  seed.wipe()
  return { contract, ...code!, context, gasLimit, randomSeed }
}

/** Seals what came out, applies it to the state, and writes the receipt. */
export function finishTask(
  setting: TaskSetting,
  state: TaskState,
  { placed, shared }: PreparedTask,
  wanted: TaskVerdict,
): ExecutedTask {
  const delta = wanted.status === RECEIPT_STATUS.Success ? deltaOf(setting, state, placed, wanted) : undefined
  const tooLarge = wanted.status === RECEIPT_STATUS.Success && delta === undefined
  const verdict = tooLarge ? failed(RESULT_KIND.reverted, wanted.gasUsed, DELTA_TOO_LARGE) : wanted
  const { status, gasUsed, body, changes, callbacks } = verdict
  const { map: _, ...before } = state
  const seal = (outcome: 0 | 1, content: NonNullable<TaskVerdict["body"]>) =>
    shared && sealOutput(setting.domain, setting.contract, placed.taskId, outcome, shared, content)
  const output = body && seal(OUTCOME.normal, body)
  const hasCallbacks = callbacks.length > 0
  const fallbackOutput = hasCallbacks ? seal(OUTCOME.callbacksFailed, callbackFailedBody(gasUsed)) : undefined
  const { gasClass, feeGrains, forfeitedGrains } = chargeOf(placed, status, gasUsed, hasCallbacks)
  const { after, checkpoint } = moved(setting, state, delta, changes, hasCallbacks)
  const receipt: Receipt = Object.freeze({
    index: placed.index,
    taskId: placed.taskId,
    status,
    gasClass,
    feeGrains,
    outputHash: output === undefined ? NO_HASH : keccak256(output),
    fallbackOutputHash: fallbackOutput === undefined ? NO_HASH : keccak256(fallbackOutput),
    headAfter: after.head,
  })
  const sealed = { delta, checkpoint, output, fallbackOutput }
  return Object.freeze({ placed, receipt, forfeitedGrains, changes, ...sealed, callbacks, before, after })
}

/** Applies a delta, and the checkpoint that is due after it: never after callbacks, which may yet undo it. */
function moved(
  { domain, keys, contract, epoch }: TaskSetting,
  { map, ...before }: TaskState,
  delta: Uint8Array | undefined,
  changes: readonly StateChange[],
  hasCallbacks: boolean,
): { readonly after: Standing; readonly checkpoint: readonly Uint8Array[] } {
  if (delta === undefined) return { after: before, checkpoint: [] }
  map.apply(changes)
  const head = nextHead(before.head, delta)
  const historyBytes = before.historyBytes + delta.length
  if (hasCallbacks || !checkpointIsDue(map, historyBytes))
    return { after: { head, keyEpoch: epoch, historyBytes }, checkpoint: [] }
  const checkpoint = sealCheckpoint(domain, keys, contract, epoch, head, map)
  const last = checkpoint.map(keccak256).reduce(headAfterHash, head)
  return { after: { head: last, keyEpoch: epoch, historyBytes: 0 }, checkpoint }
}

const deltaOf = (
  { domain, keys, contract, epoch }: TaskSetting,
  { head, keyEpoch }: TaskState,
  { index, taskId }: EpochRecord,
  verdict: TaskVerdict,
): Uint8Array | undefined =>
  sealDelta(
    domain,
    keys,
    { contract, keyEpoch: epoch, index, taskId, previousHead: head, previousKeyEpoch: keyEpoch },
    verdict.changes,
  )
