import { GAS_EXPORT, MEMORY_EXPORT, STACK_EXPORT } from "../constants.ts"
import type { Callback, CallContext, HostCrypto, HostState } from "../types.ts"
import { STACK_OVERFLOW } from "./gas-word.ts"

/** How a host function ends a call. Thrown through the contract's frames, which cannot catch it. */
export type CallEnd =
  | { readonly end: "revert"; readonly message: string }
  | { readonly end: "out-of-gas" }
  | { readonly end: "misuse"; readonly detail: string; readonly stack: string | undefined }
  | { readonly end: "exit"; readonly code: number }

export class CallEnded {
  readonly reason: CallEnd
  constructor(reason: CallEnd) {
    this.reason = reason
  }
}

export const misuse = (detail: string): CallEnded => new CallEnded({ end: "misuse", detail, stack: new Error().stack })

/** Thrown by a `HostState` when a limit of the state is reached: the call reverts with the message. */
export class StateRefusal extends Error {}

/**
 * One running call: the instance's gas word and memory, and what the contract has asked for so far. The one place where
 * gas is charged for host work and where guest pointers become bytes.
 */
export class RunState {
  readonly context: CallContext
  readonly state: HostState
  readonly crypto: HostCrypto
  readonly callbacks: Callback[] = []
  readonly events: Uint8Array[] = []
  readonly debug: string[] = []
  eventBytes = 0
  returnData: Uint8Array | undefined
  /** What the program said before it trapped. */
  trapDetail = ""
  #gas: WebAssembly.Global<"i64"> | undefined
  #stack: WebAssembly.Global<"i32"> | undefined
  #memory: WebAssembly.Memory | undefined
  #view = new Uint8Array(0)

  readonly #startGas: bigint
  constructor(context: CallContext, state: HostState, crypto: HostCrypto, startGas: bigint) {
    this.#startGas = startGas
    this.context = context
    this.state = state
    this.crypto = crypto
  }

  attach(instance: WebAssembly.Instance): void {
    this.#gas = instance.exports[GAS_EXPORT] as WebAssembly.Global<"i64">
    this.#stack = instance.exports[STACK_EXPORT] as WebAssembly.Global<"i32">
    this.#memory = instance.exports[MEMORY_EXPORT] as WebAssembly.Memory | undefined
    this.#gas.value = this.#startGas
  }

  /** Gas left; negative is out of gas. */
  get gas(): bigint {
    return this.#gas?.value ?? this.#startGas
  }
  get isOutOfStack(): boolean {
    return this.#stack?.value === STACK_OVERFLOW
  }

  /** Charges before the work is done. Gas may already be spent to below zero by code that was not yet tested. */
  charge(units: number): void {
    const left = this.#gas!.value - BigInt(units)
    this.#gas!.value = left
    if (left < 0n) throw new CallEnded({ end: "out-of-gas" })
  }

  #bytes(pointer: number, size: number, what: string): Uint8Array {
    const memory = this.#memory
    if (memory === undefined) throw misuse("the module has no memory")
    if (this.#view.buffer !== memory.buffer) this.#view = new Uint8Array(memory.buffer)
    const start = pointer >>> 0
    if (start + size > this.#view.length) throw misuse(`${what} is outside memory`)
    return this.#view.subarray(start, start + size)
  }

  /** A copy of guest memory: what the host keeps cannot change under it. */
  read(pointer: number, size: number, what: string): Uint8Array {
    return this.#bytes(pointer, size, what).slice()
  }

  write(pointer: number, bytes: Uint8Array, what: string): void {
    this.#bytes(pointer, bytes.length, what).set(bytes)
  }

  /** A size the guest names, against its limit. */
  size(value: number, max: number, what: string, min = 0): number {
    const size = value >>> 0
    if (size > max || size < min) throw misuse(`${what} is ${size} bytes; ${min} to ${max} are allowed`)
    return size
  }
}

const lossy = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()

/** Text of guest bytes: what is not UTF-8 shows as U+FFFD, and the result is cut so that it encodes in `maxBytes`. */
export function guestText(bytes: Uint8Array, maxBytes: number): string {
  const text = lossy.decode(bytes)
  let used = 0
  let end = 0
  for (const character of text) {
    used += encoder.encode(character).length
    if (used > maxBytes) return text.slice(0, end)
    end += character.length
  }
  return text
}
