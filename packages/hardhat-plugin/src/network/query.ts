/** Private reads, which see what this process wrote before. */
import { callView, enigmaInterface } from "@enigma-discovery/chain/follow"
import { type Client, queryContract } from "@enigma-discovery/client"
import type { Hex } from "@enigma-discovery/protocol"
import { pluginErrors } from "../errors.ts"
import { explainFailure } from "./explain-failure.ts"
import type { NamedFunction } from "./functions.ts"
import type { ContractParts } from "./secret-contract.ts"

/** @throws HARDHAT_BAD_CALL, and as the client's `queryContract` */
export async function query(
  { network, signer, artifact, tasks }: ContractParts,
  contract: Hex,
  { signature, inputs, key }: NamedFunction,
  args: readonly unknown[],
): Promise<unknown> {
  if (args.length !== inputs) {
    const why = `${signature} takes ${inputs} arguments; ${args.length} given`
    throw pluginErrors.make("BAD_CALL", { what: `${artifact.name}.query.${key}`, why })
  }
  const client = await network.client(signer)
  const minRecords = Math.min(tasks.written(contract), await recordsOf(client, contract))
  const { abi } = artifact
  const answered = queryContract(client, { contract, abi, fn: signature, args, minRecords })
  const { value } = await answered.catch((error: unknown) => {
    throw explainFailure(error, artifact)
  })
  return value
}

/** A chain that went back may have fewer records than were written here. */
async function recordsOf({ rpc, enigma }: Client, contract: Hex): Promise<number> {
  const [queue] = await callView(rpc, enigma, enigmaInterface, "queueOf", [contract], "latest")
  return Number((queue as { submitted: bigint | number }).submitted)
}
