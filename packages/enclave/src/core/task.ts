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
import { nextHead, type PlacedRecord } from "@enigma-discovery/verify"
import { ENGINE_ATTEMPTS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import { sealDelta } from "./delta.ts"
import type { Domain } from "./domain.ts"
import type { Engine } from "./engine.ts"
import { openEnvelope, parseEnvelope, type SharedSecret } from "./envelope.ts"
import { chargeOf } from "./fees.ts"
import { callbackFailedBody, failed, ruled, type TaskVerdict, verdictOf } from "./outcome.ts"
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
  readonly engine: Engine
  /** Block of the proven view. */
  readonly provenBlock: bigint
  readonly nextScheduledStart: bigint
  readonly expiryBlocks: bigint
  readonly inputsGraceBlocks: bigint
}

/** The state a task runs on: before it, then after it. */
export interface TaskState {
  readonly map: StateMap
  /** Head before the task. */
  readonly head: Uint8Array
  /** Epoch whose key sealed the delta that led to `head`; undefined: none did. */
  readonly keyEpoch: number | undefined
}

/** A finished task; everything in it is determined by record, envelope, state before and epoch. */
export interface ExecutedTask {
  readonly placed: EpochRecord
  readonly receipt: Receipt
  readonly forfeitedGrains: bigint
  readonly changes: readonly StateChange[]
  readonly delta: Uint8Array | undefined
  readonly output: Uint8Array | undefined
  /** Defined for a task with callbacks. */
  readonly fallbackOutput: Uint8Array | undefined
  readonly callbacks: TaskVerdict["callbacks"]
  readonly before: TaskState
  /** As `TaskState.keyEpoch`, after the task. */
  readonly keyEpochAfter: number | undefined
}

const NO_HASH = new Uint8Array(32)

/**
 * Executes one record at its place. The state map is as before when it returns; the caller applies `changes`.
 * @throws ENCLAVE_INPUTS_PENDING, ENCLAVE_INPUTS_REQUIRED, ENCLAVE_CODE_MISSING, ENCLAVE_ENVELOPE_MISMATCH,
 * ENCLAVE_KEYS_MISSING; the task can be tried again then
 */
export async function executeTask(
  setting: TaskSetting,
  state: TaskState,
  placed: EpochRecord,
  envelope: Uint8Array | undefined,
): Promise<ExecutedTask> {
  if (envelope !== undefined && !equalBytes(keccak256(envelope), placed.record.inputsHash))
    throw enclaveErrors.make("ENVELOPE_MISMATCH", { index: placed.index })
  const rule = ruleFor(setting, state, placed, envelope)
  if (rule !== undefined) return finish(setting, state, placed, rule, undefined)
  const parsed = parseEnvelope(envelope!)
  if (parsed === undefined) return finish(setting, state, placed, ruled(RECEIPT_STATUS.Failed), undefined)
  const epoch = placed.epoch!
  if (parsed.keyEpoch !== epoch && parsed.keyEpoch !== epoch - 1)
    return finish(setting, state, placed, ruled(RECEIPT_STATUS.StaleKey), undefined)
  return await openAndRun(setting, state, placed, parsed)
}

/** The receipts that need no inputs, in the order of PROTOCOL §3.2. */
function ruleFor(
  setting: TaskSetting,
  state: TaskState,
  { index, record, epoch }: EpochRecord,
  envelope: Uint8Array | undefined,
): TaskVerdict | undefined {
  const expired = setting.nextScheduledStart >= record.blockNumber + setting.expiryBlocks
  if (expired || epoch === undefined) return ruled(RECEIPT_STATUS.Expired)
  // A deployment that succeeded has left a delta; no other way leads to a head.
  const deployed = index === 0 || !equalBytes(state.head, NO_HASH)
  if (!deployed) return ruled(RECEIPT_STATUS.NotDeployed)
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

async function openAndRun(
  setting: TaskSetting,
  state: TaskState,
  placed: EpochRecord,
  envelope: Envelope,
): Promise<ExecutedTask> {
  const { domain, keys, contract, code } = setting
  const opened = openEnvelope(domain, keys, contract, placed.record.sender, code!.codeHash, envelope)
  if (opened.kind === "unreadable") return finish(setting, state, placed, ruled(RECEIPT_STATUS.Failed), undefined)
  try {
    const verdict =
      opened.kind === "opened" && opened.calldata.length <= MAX_CALLDATA_BYTES
        ? await run(setting, state, placed, opened.calldata)
        : failed(RESULT_KIND.badInput, 0n, "the envelope does not open")
    return finish(setting, state, placed, verdict, opened.shared)
  } finally {
    opened.shared.secret.wipe()
  }
}

async function run(
  { domain, contract, keys, code, engine }: TaskSetting,
  state: TaskState,
  { record, taskId, index, epoch }: EpochRecord,
  calldata: Uint8Array,
): Promise<TaskVerdict> {
  const { randomKey } = keys.io(epoch!)
  const seed = deriveKey(domain.crypto, { inputKey: randomKey, salt: taskId, info: TASK_RANDOM_INFO })
  const { sender, blockNumber, timestampS: timestamp, token, amount, gasLimit } = record
  const kind = index === 0 ? "construct" : "call"
  const context = { contract, sender, taskId, blockNumber, timestamp, token, amount, calldata, kind } as const
  try {
    for (let attempt = 0; attempt < ENGINE_ATTEMPTS; attempt++) {
      const call = { contract, ...code!, context, gasLimit, randomSeed: seed.expose((bytes) => bytes.slice()) }
      const result = await engine.run(call, state.map)
      call.randomSeed.fill(0)
      if (result.kind === "outcome") return verdictOf(result.outcome, result.changes, record.callbackGas)
      if (result.kind === "refused") return failed(RESULT_KIND.badInput, 0n, result.code)
    }
    return ruled(RECEIPT_STATUS.EngineFault, gasLimit)
  } finally {
    seed.wipe()
  }
}

/** Seals what came out and writes the receipt. */
function finish(
  setting: TaskSetting,
  state: TaskState,
  placed: EpochRecord,
  wanted: TaskVerdict,
  shared: SharedSecret | undefined,
): ExecutedTask {
  const delta = wanted.status === RECEIPT_STATUS.Success ? deltaOf(setting, state, placed, wanted) : undefined
  const tooLarge = wanted.status === RECEIPT_STATUS.Success && delta === undefined
  const verdict = tooLarge
    ? failed(RESULT_KIND.reverted, wanted.gasUsed, "the task changed more state than a delta may hold")
    : wanted
  const { status, gasUsed, body, changes, callbacks } = verdict
  const seal = (outcome: 0 | 1, content: NonNullable<TaskVerdict["body"]>) =>
    shared && sealOutput(setting.domain, setting.contract, placed.taskId, outcome, shared, content)
  const output = body && seal(OUTCOME.normal, body)
  const hasCallbacks = callbacks.length > 0
  const fallbackOutput = hasCallbacks ? seal(OUTCOME.callbacksFailed, callbackFailedBody(gasUsed)) : undefined
  const { gasClass, feeGrains, forfeitedGrains } = chargeOf(placed, status, gasUsed, hasCallbacks)
  const receipt: Receipt = Object.freeze({
    index: placed.index,
    taskId: placed.taskId,
    status,
    gasClass,
    feeGrains,
    outputHash: output === undefined ? NO_HASH : keccak256(output),
    fallbackOutputHash: fallbackOutput === undefined ? NO_HASH : keccak256(fallbackOutput),
    headAfter: delta === undefined ? state.head : nextHead(state.head, delta),
  })
  return Object.freeze({
    placed,
    receipt,
    forfeitedGrains,
    changes,
    delta,
    output,
    fallbackOutput,
    callbacks,
    before: state,
    keyEpochAfter: delta === undefined ? state.keyEpoch : setting.epoch,
  })
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
