import { utf8Text } from "@enigma-discovery/protocol"
import type { CallContext } from "../types.ts"
import { CallEnded } from "./run-state.ts"

/** First 4 bytes of keccak256("run(string[],bytes)"). */
const RUN_SELECTOR = [0x0c, 0x90, 0x82, 0x13]
/** Arguments of a program: enough for any command line, and bounded before anything is decoded. */
const MAX_ARGS = 64
const NAME = "contract"

export type ProgramInput = { readonly args: readonly string[]; readonly stdin: Uint8Array; readonly viaRun: boolean }

/**
 * Calldata of a call as `run(string[] arguments, bytes input)` gives a program its arguments and its input, and wants
 * `bytes` back, so that a program that knows nothing of contracts is called with an ordinary ABI. Any other calldata is
 * standard input as it is, with the kind of call as the one argument.
 */
export function readProgramInput(context: CallContext): ProgramInput {
  const { calldata, kind } = context
  if (kind === "construct" || !RUN_SELECTOR.every((byte, i) => calldata[i] === byte))
    return { args: [NAME, kind], stdin: calldata, viaRun: false }
  const abi = new AbiReader(calldata.subarray(4))
  const list = abi.word(0)
  const count = abi.word(list)
  if (count > MAX_ARGS) throw badInput()
  const args: string[] = []
  for (let i = 0; i < count; i++) args.push(abi.text(list + 32 + abi.word(list + 32 * (i + 1))))
  return { args: [NAME, ...args], stdin: abi.bytes(abi.word(32)), viaRun: true }
}

const badInput = (): CallEnded =>
  new CallEnded({ end: "revert", message: "calldata does not hold run(string[],bytes)" })

class AbiReader {
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  #range(at: number, size: number): Uint8Array {
    if (at + size > this.#bytes.length) throw badInput()
    return this.#bytes.subarray(at, at + size)
  }
  /** An offset, length or count: anything that does not fit 32 bits is beyond any calldata. */
  word(at: number): number {
    const word = this.#range(at, 32)
    if (word.subarray(0, 28).some((byte) => byte !== 0)) throw badInput()
    return word.subarray(28).reduce((value, byte) => value * 256 + byte, 0)
  }
  bytes(at: number): Uint8Array {
    return this.#range(at + 32, this.word(at))
  }
  text(at: number): string {
    try {
      return utf8Text(this.bytes(at), "argument")
    } catch {
      throw badInput()
    }
  }
}

/** `abi.encode(bytes)`. */
export function encodeRunResult(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(64 + 32 * Math.ceil(bytes.length / 32))
  const view = new DataView(out.buffer)
  view.setUint32(28, 32)
  view.setUint32(60, bytes.length)
  out.set(bytes, 64)
  return out
}
