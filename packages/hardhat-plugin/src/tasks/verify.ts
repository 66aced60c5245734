import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { chainOfTrust, type TrustStep } from "../trust/chain-of-trust.ts"
import { toJson } from "./arguments.ts"
import { openSession, type SessionArguments } from "./session.ts"

interface Arguments extends SessionArguments {
  readonly address: string
  readonly task: string | undefined
  readonly json: boolean
}

/** `enigma:verify Counter 0x… --network local`: why a contract's answers may be believed, on one screen. */
const verify: NewTaskActionFunction<Arguments> = async (args, hre) => {
  const { enigma, signer, artifact } = await openSession(hre, args)
  const client = await enigma.client(signer)
  const steps = await chainOfTrust({ client, artifact, address: args.address, task: args.task })
  console.log(args.json ? toJson(steps) : shown(steps))
  if (steps.some(({ holds }) => holds === false)) process.exitCode = 1
  return steps
}

const MARKS = { true: "ok  ", false: "FAIL", undefined: "-   " } as const

function shown(steps: readonly TrustStep[]): string {
  const width = Math.max(...steps.map(({ what }) => what.length))
  return steps.map(({ what, holds, why }) => `${MARKS[`${holds}`]} ${what.padEnd(width)}  ${why}`).join("\n")
}

export default verify
