import { queryContract } from "@enigma-discovery/client"
import type { Hex } from "@enigma-discovery/protocol"
import type { NamedFunction } from "./functions.ts"
import type { ContractParts } from "./secret-contract.ts"

/** A private read of a contract's state by the signer. @throws CLIENT_NOT_THERE_YET as long as the client has none */
export async function query(
  { network, signer }: ContractParts,
  _address: Hex,
  _fn: NamedFunction,
  _args: readonly unknown[],
): Promise<unknown> {
  await network.client(signer)
  return await queryContract()
}
