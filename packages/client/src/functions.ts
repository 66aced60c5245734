/** Functions of an ABI JSON: found by name, arguments encoded, answers decoded. */
import { fromHex } from "@enigma-discovery/protocol"
import { AbiCoder, FunctionFragment, Interface, type InterfaceAbi, type ParamType } from "ethers"
import type { Abi } from "./abi.ts"
import { clientErrors } from "./errors.ts"

/** A function (or the constructor) ready to be called. */
export interface ResolvedFunction {
  /** Enough to decode the answer later: "richest(uint256) returns (address)"; a constructor's is "constructor(uint256)". */
  readonly signature: string
  /** 4 bytes; none for a constructor. */
  readonly selector: Uint8Array
  /** Selector and arguments; a constructor's arguments alone (PROTOCOL §6.2). @throws CLIENT_BAD_ARGUMENTS */
  encode(args: readonly unknown[]): Uint8Array
}

const coder = AbiCoder.defaultAbiCoder()

/** @throws CLIENT_UNKNOWN_FUNCTION, CLIENT_AMBIGUOUS_FUNCTION, CLIENT_BAD_OPTION for something that is no ABI */
export const resolveFunction = (abi: Abi, name: string): ResolvedFunction => resolved(fragmentOf(abi, name))

/** A function that a query may ask. @throws as `resolveFunction`, CLIENT_NOT_A_VIEW */
export function resolveView(abi: Abi, name: string): ResolvedFunction {
  const fragment = fragmentOf(abi, name)
  if (!fragment.constant) throw clientErrors.make("NOT_A_VIEW", { name })
  return resolved(fragment)
}

function fragmentOf(abi: Abi, name: string): FunctionFragment {
  const named = interfaceOf(abi).fragments.filter(FunctionFragment.isFragment)
  const found = named.filter((one) => one.name === name || one.format("sighash") === name)
  const [fragment, other] = found
  if (fragment === undefined) throw clientErrors.make("UNKNOWN_FUNCTION", { kind: "function", name })
  if (other !== undefined) throw clientErrors.make("AMBIGUOUS_FUNCTION", { name, example: other.format("sighash") })
  return fragment
}

function resolved(fragment: FunctionFragment): ResolvedFunction {
  const outputs = fragment.outputs.map((output) => output.format("full")).join(", ")
  const inputs = fragment.inputs.map((input) => input.format("sighash")).join(",")
  const signature = `${fragment.name}(${inputs}) returns (${outputs})`
  const selector = fromHex(fragment.selector)
  return { signature, selector, encode: (args) => encodeArgs(signature, selector, fragment.inputs, args) }
}

/** A contract without a constructor in its ABI takes no arguments. @throws CLIENT_BAD_OPTION for something that is no ABI */
export function resolveConstructor(abi: Abi): ResolvedFunction {
  const { inputs } = interfaceOf(abi).deploy
  const signature = `constructor(${inputs.map((input) => input.format("sighash")).join(",")})`
  const selector = new Uint8Array()
  return { signature, selector, encode: (args) => encodeArgs(signature, selector, inputs, args) }
}

/** ethers logs what it cannot read and goes on; an ABI that is not a list of named things is refused instead. */
export function interfaceOf(abi: Abi): Interface {
  if (!Array.isArray(abi)) throw clientErrors.make("BAD_OPTION", { what: "abi", why: "it is not a list" })
  try {
    return new Interface(abi as unknown as InterfaceAbi)
  } catch {
    throw clientErrors.make("BAD_OPTION", { what: "abi", why: "it is not Solidity's ABI JSON" })
  }
}

/** ethers' own errors quote the offending value, and arguments are secrets: only its place and type go on. */
function encodeArgs(signature: string, selector: Uint8Array, inputs: readonly ParamType[], args: readonly unknown[]) {
  const bad = (why: string) => clientErrors.make("BAD_ARGUMENTS", { signature, why })
  if (args.length !== inputs.length) throw bad(`${inputs.length} are needed, ${args.length} given`)
  try {
    const encoded = fromHex(coder.encode(inputs, args))
    const out = new Uint8Array(selector.length + encoded.length)
    out.set(selector)
    out.set(encoded, selector.length)
    return out
  } catch {
    const at = inputs.findIndex((input, i) => !isEncodable(input, args[i]))
    throw bad(`argument ${at + 1} is no ${inputs[at]?.format("full")}`)
  }
}

function isEncodable(input: ParamType, value: unknown): boolean {
  try {
    coder.encode([input], [value])
    return true
  } catch {
    return false
  }
}

/**
 * The value an answer holds: undefined for no outputs, the one value, or a list; tuples as objects by name.
 * @throws CLIENT_BAD_RESULT
 */
export function decodeResult(signature: string, data: Uint8Array): unknown {
  const outputs = outputsOf(signature)
  if (outputs.length === 0) return undefined
  try {
    const values = coder.decode(outputs, data).toArray()
    const plain = outputs.map((output, i) => plainValue(output, values[i]))
    return plain.length === 1 ? plain[0] : Object.freeze(plain)
  } catch {
    throw clientErrors.make("BAD_RESULT", { signature })
  }
}

function outputsOf(signature: string): readonly ParamType[] {
  return signature.startsWith("constructor") ? [] : FunctionFragment.from(`function ${signature}`).outputs
}

/** Frees a decoded value from ethers' Result, which throws on access to what does not decode. */
export function plainValue(type: ParamType, value: unknown): unknown {
  const items = () => (value as { toArray(): unknown[] }).toArray()
  if (type.isArray()) return Object.freeze(items().map((item) => plainValue(type.arrayChildren, item)))
  if (!type.isTuple()) return value
  const fields = items()
  const entries = type.components.map((component, i) => [component.name || String(i), plainValue(component, fields[i])])
  return Object.freeze(Object.fromEntries(entries))
}
