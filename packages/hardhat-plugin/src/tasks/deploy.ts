import type { Hex } from "@enigma-discovery/protocol"
import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { parseArguments, toJson } from "./arguments.ts"
import { openSession, type SessionArguments } from "./session.ts"

interface Arguments extends SessionArguments {
  readonly arguments: readonly string[]
  readonly salt: string | undefined
  readonly json: boolean
}

/** `enigma:deploy Counter 5 --network local`: deploys, waits for the constructor, tells the address. */
const deploy: NewTaskActionFunction<Arguments> = async (args, hre) => {
  await hre.tasks.getTask("build").run({ quiet: true })
  const { enigma, signer, artifact } = await openSession(hre, args)
  const inputs = artifact.abi.find(({ type }) => type === "constructor")?.inputs ?? []
  const values = parseArguments(inputs, args.arguments)
  const options = { signer, ...(args.salt === undefined ? {} : { salt: args.salt as Hex }) }
  const { address } = await enigma.deploy(artifact.name, values, options)
  const { name, codeHash } = artifact
  console.log(args.json ? toJson({ name, address, codeHash }) : `${name} ${address}\ncode hash ${codeHash}`)
  return { address }
}

export default deploy
