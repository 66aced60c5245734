/** Accounts of a local network, derived from the public development mnemonic: funded, and worth nothing elsewhere. */
import { HDNodeWallet, Mnemonic } from "ethers"
import { DEV_MNEMONIC } from "./constants.ts"

export interface DevAccount {
  readonly name: string
  /** Checksummed, as people read it. */
  readonly address: string
  readonly privateKey: string
}

const USER_NAMES = ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank"] as const

export interface DevAccounts {
  /** Deploys the contracts and holds the supply of ENG at first. */
  readonly deployer: DevAccount
  /** Opens epochs on behalf of the key manager. */
  readonly keeper: DevAccount
  readonly users: readonly DevAccount[]
  /** One a worker. */
  readonly operators: readonly DevAccount[]
  /** All of them, in the order of derivation. */
  readonly all: readonly DevAccount[]
}

/** Derives m/44'/60'/0'/0/i, as Hardhat does: 0 deployer, 1 keeper, 2.. users, then operators. */
export function devAccounts(workers: number): DevAccounts {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEV_MNEMONIC), "m/44'/60'/0'/0")
  const names = ["deployer", "keeper", ...USER_NAMES, ...Array.from({ length: workers }, (_, i) => `operator ${i + 1}`)]
  const all = names.map((name, index) => {
    const { address, privateKey } = root.deriveChild(index)
    return Object.freeze({ name, address, privateKey })
  })
  const [deployer, keeper, ...rest] = all
  return Object.freeze({
    deployer: deployer!,
    keeper: keeper!,
    users: rest.slice(0, USER_NAMES.length),
    operators: rest.slice(USER_NAMES.length),
    all,
  })
}
