/** Puts Enigma on a chain in this process from the creation code alone: a user's project compiles nothing of ours. */
import { deploymentCode } from "@enigma-discovery/contracts/deployment"
import type { Hex } from "@enigma-discovery/protocol"
import { AbiCoder, getCreateAddress, ParamType, ZeroAddress } from "ethers"
import type { DevAccount } from "../accounts.ts"
import type { Deployment } from "../deployment.ts"
import { type InProcessChain, quantity } from "./chain.ts"

const ENG = 100_000_000n

/** What the Ignition module of the contracts has as defaults; a test holds the two together. */
export const PARAMETER_DEFAULTS = {
  guardian: ZeroAddress,
  baseFeeGrains: 10_000n,
  minGasLimit: 1_024n,
  minGasPriceGrains: 1n,
  minCallbackPriceGrains: 1n,
  minStakeGrains: 100n * ENG,
  unbondingBlocks: 50_400,
  capacityGas: 1_000_000_000n,
  jailEpochs: 2,
  noShowPenaltyGrains: 1n * ENG,
  equivocationSlashBps: 5_000,
  proofRewardBps: 1_000,
  openRewardGrains: ENG / 10n,
  settleRewardGrains: 5_000n,
} as const
export const QUOTE_MAX_AGE_S = 2_592_000

type ContractName = keyof typeof deploymentCode
/** Deploys one after the other by an account that nobody else uses, so that addresses are known before they are there. */
class Deployer {
  readonly #chain: InProcessChain
  readonly #from: string
  readonly #sent: Promise<unknown>[] = []
  #nonce: number

  constructor(chain: InProcessChain, from: string, nonce: number) {
    this.#chain = chain
    this.#from = from
    this.#nonce = nonce
  }

  create(name: ContractName, ...args: readonly unknown[]): string {
    const { constructorInputs, bytecode } = deploymentCode[name]
    const types = constructorInputs.map((input) => ParamType.from(input))
    const data = `${bytecode}${AbiCoder.defaultAbiCoder().encode(types, args).slice(2)}`
    const nonce = this.#nonce++
    const before = this.#sent.at(-1) ?? Promise.resolve()
    const sent = before.then(async () => {
      const hash = await this.#chain.sendFrom(this.#from, { data, nonce: quantity(BigInt(nonce)) })
      await this.#chain.receiptOf(`the deployment of ${name}`, hash)
    })
    sent.catch(() => {})
    this.#sent.push(sent)
    return getCreateAddress({ from: this.#from, nonce })
  }

  async done(): Promise<void> {
    await Promise.all(this.#sent)
  }
}

/** What the module is given by a launcher: see `moduleParameters`. */
export interface ModuleParameters {
  readonly tokenHolder: string
  readonly proposers: readonly string[]
  readonly executors: readonly string[]
  readonly timelockDelayS: number
  readonly devRoot: string
  readonly measurements: readonly Hex[]
  readonly trustHash: Hex
  readonly beaconKey: Hex
  readonly contractKey: Hex
  readonly epochLengthBlocks: number
  readonly openWindowBlocks: number
  readonly commitWindowBlocks: number
  readonly expiryBlocks: number
  readonly overdueBlocks: number
}

/** The same contracts in the same order as the Ignition module. @throws DEVNET_RPC_FAILED */
export async function deployInProcess(
  chain: InProcessChain,
  account: DevAccount,
  given: ModuleParameters,
): Promise<Deployment> {
  const blockNumber = await chain.blockNumber()
  const nonce = Number(await chain.ask<string>("eth_getTransactionCount", account.address, "latest"))
  const deployer = new Deployer(chain, account.address, nonce)
  const { tokenHolder, proposers, executors, timelockDelayS, devRoot, measurements, ...own } = given
  const token = deployer.create("EnigmaToken", tokenHolder)
  const timelock = deployer.create("EnigmaTimelock", timelockDelayS, proposers, executors)
  const verifier = deployer.create("DevAttestationVerifier", timelock, devRoot, QUOTE_MAX_AGE_S, measurements)
  const parameters = { ...PARAMETER_DEFAULTS, ...own, token, governor: timelock, verifier, intakeOpen: true }
  const closed = { ...parameters, intakeOpen: false }
  const pausedWorkers = deployer.create("EnigmaWorkers", closed)
  const pausedLedger = deployer.create("EnigmaLedger", closed, pausedWorkers)
  const paused = deployer.create("Enigma", closed, pausedLedger, ZeroAddress)
  const workers = deployer.create("EnigmaWorkers", parameters)
  const ledger = deployer.create("EnigmaLedger", parameters, workers)
  const implementation = deployer.create("Enigma", parameters, ledger, paused)
  const enigma = deployer.create("EnigmaProxy", implementation)
  await deployer.done()
  const lower = (address: string) => address.toLowerCase() as Hex
  return {
    addresses: Object.freeze({
      enigma: lower(enigma),
      token: lower(token),
      verifier: lower(verifier),
      timelock: lower(timelock),
    }),
    blockNumber,
  }
}
