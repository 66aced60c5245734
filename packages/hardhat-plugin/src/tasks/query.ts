import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { toJson } from "./arguments.ts"
import { type CallArguments, target } from "./call.ts"
import { openSession } from "./session.ts"

/** `enigma:query Counter 0x… current --network local`: a private read, free and on no chain. */
const query: NewTaskActionFunction<CallArguments> = async (args, hre) => {
  const { contract, key, values } = await target(await openSession(hre, args), args)
  const value: unknown = await contract.query[key]!(...(values as []))
  console.log(args.json ? toJson({ value }) : toJson(value ?? null))
  return { value }
}

export default query
