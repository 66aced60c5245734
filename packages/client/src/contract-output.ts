/** Events and custom errors of a secret contract, as its ABI names them (PROTOCOL §11.2 and §11.3). */
import { toHex } from "@enigma-discovery/protocol"
import type { Interface, ParamType } from "ethers"
import type { Abi } from "./abi.ts"
import { clientErrors } from "./errors.ts"
import { interfaceOf, plainValue } from "./functions.ts"

const TOPIC_BYTES = 32
/** Selector and whole words, as the SDK writes a custom error into a revert's message. */
const CUSTOM_ERROR = /^0x[0-9a-f]{8}([0-9a-f]{64}){0,15}$/

export interface NamedOutput {
  readonly name: string
  /** In the ABI's order; integers are bigints, tuples objects by name. */
  readonly args: readonly unknown[]
  /** The same by name, where the ABI has names. */
  readonly named: Readonly<Record<string, unknown>>
}

/** One of an outcome's `events`; undefined for raw bytes and events that the ABI does not have. @throws CLIENT_BAD_OPTION for no ABI */
export function decodeEvent(abi: Abi, event: Uint8Array): NamedOutput | undefined {
  const contract = interfaceOf(abi)
  if (event.length < TOPIC_BYTES) return undefined
  const [topic, data] = [toHex(event.slice(0, TOPIC_BYTES)), toHex(event.slice(TOPIC_BYTES))]
  return output(() => {
    const found = contract.parseLog({ topics: [topic], data })
    return found && { name: found.name, inputs: found.fragment.inputs, values: found.args.toArray() }
  })
}

/**
 * The custom error that a contract reverted with: of an outcome's `error`, of what `result()` or a query threw, or of its message
 * alone. Undefined for a text, for errors that the ABI does not have and for any other failure. @throws CLIENT_BAD_OPTION for no ABI
 */
export function decodeRevert(abi: Abi, reverted: unknown): NamedOutput | undefined {
  const contract = interfaceOf(abi)
  const message = messageOf(reverted)
  return message === undefined || !CUSTOM_ERROR.test(message) ? undefined : errorOf(contract, message)
}

const errorOf = (contract: Interface, data: string): NamedOutput | undefined =>
  output(() => {
    const found = contract.parseError(data)
    return found && { name: found.name, inputs: found.fragment.inputs, values: found.args.toArray() }
  })

function messageOf(reverted: unknown): string | undefined {
  if (typeof reverted === "string") return reverted
  for (const code of ["TASK_REVERTED", "QUERY_REVERTED"] as const)
    if (clientErrors.is(reverted, code)) return String(reverted.data?.message)
  return undefined
}

interface Found {
  readonly name: string
  readonly inputs: readonly ParamType[]
  readonly values: readonly unknown[]
}

/** What only looks like an event or error of the ABI is none: its words are the contract's to choose. */
function output(find: () => Found | null): NamedOutput | undefined {
  try {
    const found = find()
    if (found === null) return undefined
    const args = found.inputs.map((input, i) => plainValue(input, found.values[i]))
    const named = found.inputs.flatMap(({ name }, i) => (name === "" ? [] : [[name, args[i]] as const]))
    return Object.freeze({
      name: found.name,
      args: Object.freeze(args),
      named: Object.freeze(Object.fromEntries(named)),
    })
  } catch {
    return undefined
  }
}
