import { fileURLToPath } from "node:url"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { type CallContext, type CallOutcome, call, type PreparedModule, prepare } from "@enigma-discovery/runtime-wasm"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { Interface, type InterfaceAbi, type Result } from "ethers"
import { compileContract } from "../../src/index.ts"

export const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`
export const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** A compiled contract with its state in memory, called by name with plain values. */
export class TestContract {
  readonly abi: Interface
  readonly wasm: Uint8Array
  readonly state = new MemoryState()
  readonly #module: PreparedModule
  readonly #crypto = testCrypto()
  gasUsed = 0n
  constructor(wasm: Uint8Array, abi: InterfaceAbi) {
    this.abi = new Interface(abi)
    this.wasm = wasm
    this.#module = prepare(wasm)
  }

  static async of(entry: string): Promise<TestContract> {
    const { wasm, abi } = await compileContract(entry)
    return new TestContract(wasm, abi as InterfaceAbi)
  }

  run(calldata: Uint8Array, context: Partial<CallContext> = {}): CallOutcome {
    const outcome = call(this.#module, testContext({ calldata, ...context }), this.state, this.#crypto, 100_000_000n)
    this.gasUsed = outcome.gasUsed
    return outcome
  }
  construct(args: readonly unknown[], context: Partial<CallContext> = {}): CallOutcome {
    return this.run(fromHex(this.abi.encodeDeploy(args) as Hex), { ...context, kind: "construct" })
  }
  outcome(name: string, args: readonly unknown[], context: Partial<CallContext> = {}): CallOutcome {
    return this.run(fromHex(this.abi.encodeFunctionData(name, args) as Hex), context)
  }
  /** Result of a call that must succeed. */
  call(name: string, args: readonly unknown[] = [], context: Partial<CallContext> = {}): Result {
    const outcome = this.outcome(name, args, context)
    if (outcome.kind !== "success")
      throw new Error(`${name}: ${JSON.stringify(outcome, (_, v) => (typeof v === "bigint" ? `${v}` : v))}`)
    return this.abi.decodeFunctionResult(name, outcome.returnData)
  }
  /** Message of a call that must revert. */
  reverted(name: string, args: readonly unknown[] = [], context: Partial<CallContext> = {}): string {
    const outcome = this.outcome(name, args, context)
    if (outcome.kind !== "reverted") throw new Error(`${name} did not revert: ${outcome.kind}`)
    return outcome.message
  }
}
