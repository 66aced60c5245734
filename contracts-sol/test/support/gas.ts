import type { ContractTransactionResponse } from "ethers"
import hre from "hardhat"

/** Gas a transaction used. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  return (await (await sent).wait())!.gasUsed
}

/** A test that says how much gas something costs: left out where code is measured for coverage, which costs gas of its own. */
export const itWithRealGas = (name: string, test: () => Promise<void>): unknown =>
  hre.globalOptions.coverage ? it.skip(name, test) : it(name, test)
