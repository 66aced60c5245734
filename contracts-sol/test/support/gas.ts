import type { ContractTransactionResponse } from "ethers"

/** Gas a transaction used. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  return (await (await sent).wait())!.gasUsed
}
