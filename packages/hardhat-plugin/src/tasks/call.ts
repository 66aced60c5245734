import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { pluginErrors } from "../errors.ts"
import { functionsOf } from "../network/functions.ts"
import type { CallOverrides } from "../types.ts"
import { parseArguments, toJson, wholeNumber } from "./arguments.ts"
import { openSession, type Session, type SessionArguments } from "./session.ts"

export interface CallArguments extends SessionArguments {
  readonly address: string
  readonly function: string
  readonly arguments: readonly string[]
  readonly json: boolean
}

interface Arguments extends CallArguments {
  readonly gasLimit: string | undefined
  readonly callbackGas: string | undefined
  readonly value: string | undefined
}

/** The contract, and the function's arguments as its ABI means them. @throws HARDHAT_UNKNOWN_FUNCTION, HARDHAT_BAD_ARGUMENT */
export async function target({ enigma, signer, artifact }: Session, args: CallArguments) {
  const contract = await enigma.getContractAt(artifact.name, args.address, signer)
  const functions = functionsOf(artifact.abi)
  const at = functions.findIndex(({ key, signature }) => key === args.function || signature === args.function)
  const found = functions[at]
  if (found === undefined) {
    const known = functions.map(({ key }) => key).join(", ")
    throw pluginErrors.make("UNKNOWN_FUNCTION", {
      contract: artifact.name,
      kind: "function",
      name: args.function,
      known,
    })
  }
  const item = artifact.abi.filter(({ type }) => type === "function")[at]!
  return { contract, key: found.key, values: parseArguments(item.inputs ?? [], args.arguments) }
}

/** `enigma:call Counter 0x… add 5 --network local`: records a task and tells its decrypted result. */
const call: NewTaskActionFunction<Arguments> = async (args, hre) => {
  const { contract, key, values } = await target(await openSession(hre, args), args)
  const called = contract.getFunction(key)(...(values as []), overridesOf(args))
  const [task, outcome] = await Promise.all([called.task(), called.outcome()])
  if (outcome.error !== undefined) throw outcome.error
  const { taskId, index } = task
  const told = { value: outcome.value, taskId, index, gasUsed: outcome.gasUsed }
  console.log(
    args.json ? toJson(told) : `${toJson(outcome.value ?? null)}\ntask ${index}, ${outcome.gasUsed} units of compute`,
  )
  return told
}

function overridesOf({ gasLimit, callbackGas, value }: Arguments): CallOverrides {
  return {
    ...(gasLimit === undefined ? {} : { gasLimit: wholeNumber("--gas-limit", gasLimit, 1n) }),
    ...(callbackGas === undefined ? {} : { callbackGas: wholeNumber("--callback-gas", callbackGas) }),
    ...(value === undefined ? {} : { value: wholeNumber("--value", value) }),
  }
}

export default call
