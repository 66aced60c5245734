/** Puts Enigma on a chain in this process from the creation code alone: a user's project compiles nothing of ours. */
import { deploymentCode } from "@enigma-discovery/contracts/deployment"
import type { Hex } from "@enigma-discovery/protocol"
import { AbiCoder, concat, getCreateAddress, ParamType, Transaction, Wallet, ZeroAddress } from "ethers"
import type { DevAccount } from "../accounts.ts"
import type { Deployment } from "../deployment.ts"
import { devnetErrors } from "../errors.ts"
import type { InProcessChain } from "./chain.ts"

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
/** Osaka's bound for one transaction. */
const GAS_LIMIT = 16_777_216n
const MAX_FEE_WEI = 100_000_000_000n

/** Deploys one after the other by an account that nobody else uses, so that addresses are known before they are there. */
class Deployer {
  readonly #chain: InProcessChain
  readonly #wallet: Wallet
  readonly #sent: Promise<unknown>[] = []
  #nonce: number

  constructor(chain: InProcessChain, account: DevAccount, nonce: number) {
    this.#chain = chain
    this.#wallet = new Wallet(account.privateKey)
    this.#nonce = nonce
  }

  create(name: ContractName, ...args: readonly unknown[]): string {
    const { constructorInputs, bytecode } = deploymentCode[name]
    const encoded = AbiCoder.defaultAbiCoder().encode(
      constructorInputs.map((input) => ParamType.from(input)),
      args,
    )
    const to = getCreateAddress({ from: this.#wallet.address, nonce: this.#nonce })
    this.#send(name, { to: null, data: concat([bytecode, encoded]), nonce: this.#nonce++ })
    return to
  }

  async done(): Promise<void> {
    await Promise.all(this.#sent)
  }

  #send(name: string, fields: { readonly to: null; readonly data: string; readonly nonce: number }): void {
    const { chainId } = this.#chain
    const fees = { gasLimit: GAS_LIMIT, maxFeePerGas: MAX_FEE_WEI, maxPriorityFeePerGas: 0n }
    const transaction = Transaction.from({ type: 2, chainId, ...fields, ...fees, value: 0n })
    transaction.signature = this.#wallet.signingKey.sign(transaction.unsignedHash)
    const before = this.#sent.at(-1) ?? Promise.resolve()
    const sent = before.then(() => this.#mined(name, transaction.serialized))
    sent.catch(() => {})
    this.#sent.push(sent)
  }

  async #mined(name: string, raw: string): Promise<void> {
    const hash = await this.#chain.ask<string>("eth_sendRawTransaction", raw)
    const receipt = await this.#chain.ask<{ status: string } | null>("eth_getTransactionReceipt", hash)
    if (receipt?.status !== "0x1")
      throw devnetErrors.make("RPC_FAILED", { method: `the deployment of ${name}`, detail: String(receipt?.status) })
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
  const deployer = new Deployer(chain, account, nonce)
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
