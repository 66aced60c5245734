/** A deployed secret contract as an object: its functions are its members. */
import { callContract, type RecordOptions } from "@enigma-discovery/client"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"
import type { SecretArtifact } from "../build/artifacts.ts"
import { pluginErrors } from "../errors.ts"
import type { CallOverrides, SecretCall, SecretContract } from "../types.ts"
import { explainFailure } from "./explain-failure.ts"
import { functionsOf, type NamedFunction, splitOverrides } from "./functions.ts"
import type { EnigmaNetwork } from "./network.ts"
import { query } from "./query.ts"
import { secretCall } from "./secret-call.ts"
import type { TaskListeners } from "./task-listeners.ts"

export interface ContractParts {
  readonly network: EnigmaNetwork
  readonly tasks: TaskListeners
  readonly artifact: Pick<SecretArtifact, "name" | "abi" | "state" | "codeHash" | "sourceMap">
  readonly address: string
  readonly signer: Signer
}

export function secretContract(parts: ContractParts): SecretContract {
  const { name, abi } = parts.artifact
  const address = toHex(fromHex(parts.address, 20, `address of ${name}`))
  const functions = new Map(functionsOf(abi).map((one) => [one.key, one]))
  const find = (key: string, kind: string): NamedFunction => {
    const found = functions.get(key)
    if (found !== undefined) return found
    throw pluginErrors.make("UNKNOWN_FUNCTION", {
      contract: name,
      kind,
      name: key,
      known: [...functions.keys()].join(", "),
    })
  }
  const caller =
    (one: NamedFunction) =>
    (...given: readonly unknown[]) =>
      call(parts, address, one, given)
  const own = {
    address,
    contractName: name,
    abi,
    getAddress: async () => address,
    connect: (signer: Signer) => secretContract({ ...parts, signer }),
    getFunction: (key: string) => caller(find(key, "function")),
    query: Object.freeze(
      Object.fromEntries(
        [...functions].map(([key, one]) => [key, (...args: readonly unknown[]) => query(parts, address, one, args)]),
      ),
    ),
  }
  const members = Object.fromEntries([...functions].map(([key, one]) => [key, caller(one)]))
  const contract = Object.freeze({ ...members, ...own }) as unknown as SecretContract
  allParts.set(contract, parts)
  return contract
}

const allParts = new WeakMap<object, ContractParts>()

/** What a contract object was made of. @throws HARDHAT_BAD_CALL for anything else */
export function partsOf(contract: unknown, what: string): ContractParts {
  const parts = typeof contract === "object" && contract !== null ? allParts.get(contract) : undefined
  if (parts === undefined) throw pluginErrors.make("BAD_CALL", { what, why: "it needs a secret contract of `enigma`" })
  return parts
}

function call(parts: ContractParts, address: Hex, one: NamedFunction, given: readonly unknown[]): SecretCall<unknown> {
  const { network, signer, tasks } = parts
  const { name, abi } = parts.artifact
  const { args, overrides } = splitOverrides(`${name}.${one.key}`, one, given)
  const { finality, timeoutMs, signal } = overrides
  const recorded = network
    .client(signer)
    .then((client) =>
      callContract(client, { ...callOptions(overrides), contract: address, abi, fn: one.signature, args, signal }),
    )
  return secretCall(recorded, async (task) => {
    const ended = await task.outcome({ finality, timeoutMs, signal })
    const outcome =
      ended.error === undefined
        ? ended
        : Object.freeze({ ...ended, error: explainFailure(ended.error, parts.artifact) })
    tasks.tell({ contract: name, fn: one.key, task, outcome })
    return outcome
  })
}

/** What of the overrides a record takes. @throws HARDHAT_BAD_CALL */
export function callOptions({ value, payment, ...rest }: CallOverrides): CallOverrides & RecordOptions {
  if (value !== undefined && payment !== undefined)
    throw pluginErrors.make("BAD_CALL", { what: "overrides", why: "`value` and `payment` can't both be given" })
  const { finality: _, timeoutMs: __, ...record } = rest
  return { ...record, ...(value === undefined ? { payment } : { payment: { amount: value } }) }
}
