/** Gives the accounts of a local network the ENG they need. */
import { enigmaTokenAbi } from "@enigma-discovery/contracts"
import { Contract, Wallet } from "ethers"
import type { DevAccounts } from "./accounts.ts"
import type { ChainNode } from "./chain-node.ts"
import type { Deployment } from "./deployment.ts"
import type { ResolvedOptions } from "./options.ts"
import { grainsOf } from "./units.ts"

/** Enough for many thousands of tasks at the floor price. */
const USER_ENG = 10_000

/** Stakes to the operators, pocket money to the users; the deployer keeps the rest of the supply. */
export async function distributeEng(
  chain: ChainNode,
  addresses: Deployment["addresses"],
  accounts: DevAccounts,
  options: ResolvedOptions,
): Promise<void> {
  const signer = new Wallet(accounts.deployer.privateKey, chain.provider)
  const token = new Contract(addresses.token, enigmaTokenAbi, signer)
  const shares = [
    ...accounts.users.map(({ address }) => ({ address, eng: USER_ENG })),
    ...accounts.operators.map(({ address }, i) => ({ address, eng: options.stakesEng[i] ?? 0 })),
  ]
  // One after the other: the chain still mines each transaction by itself and queues none.
  for (const { address, eng } of shares) await (await token.getFunction("transfer")(address, grainsOf(eng))).wait()
}
