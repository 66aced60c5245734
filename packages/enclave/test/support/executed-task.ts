import type { ReceiptStatus } from "@enigma-discovery/protocol"
import { chargeOf } from "../../src/core/fees.ts"
import type { ExecutedTask } from "../../src/core/task.ts"
import { addressOf } from "./names.ts"

export interface TaskSpec {
  readonly sender: number
  readonly status: ReceiptStatus
  readonly gasLimit: bigint
  readonly gasPrice: bigint
  readonly callbackGas: bigint
  readonly callbackPrice: bigint
  readonly baseFee: bigint
  /** Percent of the limit. */
  readonly usedShare: number
  readonly callbacks: boolean
}

const lockOf = (spec: TaskSpec): bigint =>
  spec.baseFee + spec.gasLimit * spec.gasPrice + spec.callbackGas * spec.callbackPrice

/** The last of a run of tasks, as execution would leave it, without anything having run. */
export function executedTask(specs: readonly TaskSpec[], cumCommittedGrains: bigint, position: number): ExecutedTask {
  const spec = specs.at(-1)!
  const index = 5 + position
  const lockedGrains = lockOf(spec)
  const record = {
    sender: addressOf(`sender ${spec.sender}`),
    inputsHash: new Uint8Array(32),
    gasLimit: spec.gasLimit,
    gasPriceGrains: spec.gasPrice,
    callbackGas: spec.callbackGas,
    callbackPriceGrains: spec.callbackPrice,
    flags: 0,
    token: new Uint8Array(20),
    amount: 0n,
    blockNumber: 1n,
    timestampS: 1n,
  }
  const used = (spec.gasLimit * BigInt(spec.usedShare)) / 100n
  const placed = {
    index,
    taskId: new Uint8Array(32).fill(index),
    record,
    cumLockedGrains: cumCommittedGrains + specs.reduce((sum, one) => sum + lockOf(one), 0n),
    lockedGrains,
    baseFeeGrains: spec.baseFee,
    epoch: 3,
  }
  const madeCallbacks = spec.callbacks && spec.status === 1
  const { gasClass, feeGrains, forfeitedGrains } = chargeOf(placed, spec.status, used, madeCallbacks)
  const hash = new Uint8Array(32)
  return {
    placed,
    receipt: {
      index,
      taskId: placed.taskId,
      status: spec.status,
      gasClass,
      feeGrains,
      outputHash: hash,
      fallbackOutputHash: hash,
      headAfter: hash,
    },
    forfeitedGrains,
    changes: [],
    delta: undefined,
    output: undefined,
    fallbackOutput: undefined,
    callbacks: [],
    before: { head: hash, keyEpoch: undefined, historyBytes: 0 },
    after: { head: hash, keyEpoch: undefined, historyBytes: 0 },
    checkpoint: [],
  }
}
