import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { getAddress, Interface, type InterfaceAbi, isError } from "ethers"
import type { ContractShape } from "../compile.ts"
import { sdkErrors } from "../errors.ts"
import { plain } from "./plain-values.ts"
import type { SimulatedCallback, SimulatedEvent } from "./types.ts"

/** Speaks a contract's ABI: arguments into calldata, what came back into values. */
export class ContractInterface {
  readonly #own: Interface
  readonly #ethereum: readonly { readonly name: string; readonly functions: Interface }[]
  constructor({ abi, ethereum }: ContractShape) {
    this.#own = new Interface(abi as InterfaceAbi)
    this.#ethereum = ethereum.map(({ name, abi }) => ({ name, functions: new Interface(abi as InterfaceAbi) }))
  }

  get methods(): readonly string[] {
    return this.#own.fragments
      .filter((fragment) => fragment.type === "function")
      .map((f) => (f as { name?: string }).name!)
  }

  /** @throws SDK_AS_NO_FUNCTION, SDK_AS_BAD_ARGUMENTS */
  calldata(method: string | undefined, args: readonly unknown[]): Uint8Array {
    if (method !== undefined && !this.methods.includes(method))
      throw sdkErrors.make("NO_FUNCTION", { name: method, known: this.methods.join(", ") })
    try {
      const data = method === undefined ? this.#own.encodeDeploy(args) : this.#own.encodeFunctionData(method, args)
      return fromHex(data as Hex)
    } catch (cause) {
      const reason =
        cause instanceof Error ? (isError(cause, "INVALID_ARGUMENT") ? cause.shortMessage : cause.message) : ""
      throw sdkErrors.make("BAD_ARGUMENTS", { name: method ?? "the constructor", reason }, { cause })
    }
  }

  /** The one value a method returns, or undefined. */
  result(method: string, data: Uint8Array): unknown {
    return plain(this.#own.decodeFunctionResult(method, data).toArray()[0])
  }

  event(bytes: Uint8Array): SimulatedEvent {
    const data = toHex(bytes)
    const log =
      bytes.length < 32 ? null : this.#own.parseLog({ topics: [data.slice(0, 66)], data: `0x${data.slice(66)}` })
    if (log === null) return { name: undefined, args: {}, data }
    return { name: log.name, args: named(log.fragment.inputs, log.args), data }
  }

  /** A custom error out of a revert's text; undefined when it is none. */
  error(message: string): { readonly name: string; readonly args: readonly unknown[] } | undefined {
    if (!/^0x([0-9a-f]{2}){4,}$/.test(message)) return undefined
    const error = this.#own.parseError(message)
    return error === null ? undefined : { name: error.name, args: error.args.toArray().map(plain) }
  }

  callback({ target, data }: { readonly target: Uint8Array; readonly data: Uint8Array }): SimulatedCallback {
    const hex = { target: getAddress(toHex(target)) as Hex, data: toHex(data) }
    for (const { name, functions } of this.#ethereum) {
      const call = functions.parseTransaction({ data: hex.data })
      if (call !== null) return { ...hex, contract: name, method: call.name, args: call.args.toArray().map(plain) }
    }
    return { ...hex, contract: undefined, method: undefined, args: [] }
  }
}

const named = (inputs: readonly { readonly name: string }[], values: readonly unknown[]) =>
  Object.fromEntries(inputs.map(({ name }, i) => [name, plain(values[i])]))
