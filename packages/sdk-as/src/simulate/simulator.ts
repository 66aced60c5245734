import { keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  callbackFailedBody,
  type EngineResult,
  LocalEngine,
  StateMap,
  type TaskVerdict,
  verdictOf,
} from "@enigma-discovery/enclave/engine"
import { concatBytes, protocolErrors, RECEIPT_STATUS, RESULT_KIND, utf8Bytes } from "@enigma-discovery/protocol"
import { ContractInterface } from "./interpret.ts"
import { publicTrace } from "./public-trace.ts"
import type { PublicTrace, SimulatedCallback, SimulatedCode } from "./types.ts"

/** Numbers of a block. */
export type Block = { readonly number: bigint; readonly timestampS: bigint }

/** One call, with everything the contract may ask about it. */
export type SimulatedCall = {
  readonly kind: "construct" | "call" | "query"
  /** Undefined: the constructor. */
  readonly method: string | undefined
  readonly args: readonly unknown[]
  readonly sender: Uint8Array
  readonly token: Uint8Array
  readonly amount: bigint
  readonly gasLimit: bigint
  readonly callbackGas: bigint
}

/** A call that ended, well or not. */
export type EndedCall = {
  readonly verdict: TaskVerdict
  readonly taskId: Uint8Array
  readonly trace: PublicTrace
  readonly callbacks: readonly SimulatedCallback[]
  /** What the Ethereum side threw. */
  readonly callbackError: unknown
}

/**
 * One contract on the enclave's own engine: code, state and randomness are as in a worker. What a worker has from chain
 * and network (record, block, sender, payment) is given, what it sends there is captured.
 */
export class Simulator {
  readonly state = new StateMap()
  readonly interface: ContractInterface
  readonly compiled: SimulatedCode
  readonly address: Uint8Array
  block: Block
  lastTrace: PublicTrace | undefined
  readonly #engine = new LocalEngine(nodeCrypto)
  readonly #codeHash: Uint8Array
  readonly #seed: Uint8Array
  readonly #onCallback: (callback: SimulatedCallback) => void | Promise<void>
  #tasks = 0

  constructor(
    compiled: SimulatedCode,
    given: {
      readonly address: Uint8Array
      readonly block: Block
      readonly seed: string
      readonly onCallback: (callback: SimulatedCallback) => void | Promise<void>
    },
  ) {
    this.compiled = compiled
    this.interface = new ContractInterface(compiled)
    this.#codeHash = keccak256(compiled.wasm)
    this.address = given.address
    this.block = given.block
    this.#seed = utf8Bytes(given.seed)
    this.#onCallback = given.onCallback
  }

  /** Runs one call to its end. What it changes stays when it succeeded, and was no query. */
  async run(call: SimulatedCall): Promise<EndedCall> {
    const calldata = this.interface.calldata(call.method, call.args)
    const taskId = keccak256(concatBytes(this.address, Uint8Array.of(this.#tasks >> 8, this.#tasks & 255), this.#seed))
    if (call.kind !== "query") this.#tasks++
    const [ran] = await this.#engine.run([this.#engineCall(call, calldata, taskId)], this.state)
    const { verdict, trace } = traced(verdictFor(ran!, call), call.gasLimit)
    if (call.kind === "query") return { verdict, trace, taskId, callbacks: [], callbackError: undefined }
    return await this.#settle(verdict, trace, taskId)
  }

  #engineCall(call: SimulatedCall, calldata: Uint8Array, taskId: Uint8Array) {
    const { kind, sender, token, amount, gasLimit } = call
    const { number: blockNumber, timestampS: timestamp } = this.block
    const contract = this.address
    const context = { contract, sender, taskId, blockNumber, timestamp, token, amount, calldata, kind }
    const randomSeed = keccak256(concatBytes(this.#seed, taskId))
    return { contract, codeHash: this.#codeHash, code: this.compiled.wasm, context, gasLimit, randomSeed }
  }

  /** Makes the callbacks; they and the task's changes stand or fall together. */
  async #settle(verdict: TaskVerdict, trace: PublicTrace, taskId: Uint8Array): Promise<EndedCall> {
    const callbacks = verdict.callbacks.map((callback) => this.interface.callback(callback))
    this.lastTrace = trace
    this.state.apply(verdict.changes)
    try {
      for (const callback of callbacks) await this.#onCallback(callback)
      return { verdict, trace, taskId, callbacks, callbackError: undefined }
    } catch (callbackError) {
      this.state.undo(verdict.changes)
      const body = callbackFailedBody(verdict.gasUsed)
      const failed = { ...verdict, status: RECEIPT_STATUS.CallbackFailed, body, changes: [] }
      this.lastTrace = { ...trace, status: "CallbackFailed" }
      return { verdict: failed, trace: this.lastTrace, taskId, callbacks, callbackError }
    }
  }
}

function verdictFor(ran: EngineResult, call: SimulatedCall): TaskVerdict {
  if (ran.kind === "outcome") return verdictOf(ran.outcome, ran.changes, call.callbackGas)
  throw new Error(ran.kind === "refused" ? `the engine refuses the code: ${ran.code}` : "the engine failed")
}

/** A success that changed more than a delta may hold is a failure. */
function traced(verdict: TaskVerdict, gasLimit: bigint): { verdict: TaskVerdict; trace: PublicTrace } {
  try {
    return { verdict, trace: publicTrace(verdict, gasLimit) }
  } catch (error) {
    if (!protocolErrors.is(error, "TOO_LARGE") && !protocolErrors.is(error, "OUT_OF_RANGE")) throw error
    const body = { ...callbackFailedBody(verdict.gasUsed), result: RESULT_KIND.reverted, message: TOO_MUCH_STATE }
    const failed = { ...verdict, status: RECEIPT_STATUS.Failed, body, changes: [], callbacks: [] }
    return { verdict: failed, trace: publicTrace(failed, gasLimit) }
  }
}

const TOO_MUCH_STATE = "the task changed more state than a delta may hold"
