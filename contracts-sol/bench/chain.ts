/** The chain a bench runs on: in this process, with room for blocks of many transactions. */
import { type ContractTransactionResponse, computeAddress, id, keccak256, type Signer, SigningKey } from "ethers"
import { network } from "hardhat"
import { advanceEpoch, type Deployment, deployEnigma, ENG, fund, type TestWorker } from "../test/support/network.ts"

/** Accounts before the operators': the treasurer, who also pays, and people. */
const PEOPLE = 20
/** Transactions keep Ethereum's own limit (EIP-7825). */
const BLOCK_GAS = 1_000_000_000n
const TREASURY = 10_000n * ENG

export interface BenchChain extends Deployment {
  /** Those who joined so far; `workers[i]` has the id i + 1. */
  readonly workers: TestWorker[]
  /** Records tasks. */
  readonly user: Signer
  /** Further users, with credit. */
  readonly others: readonly Signer[]
  /** Opens epochs, settles, relays: has credit, as every keeper after its first reward. */
  readonly keeper: Signer
  /** Of all workers. */
  readonly staker: Signer
  /** Says where the bench is. */
  readonly say: (text: string) => void
}

/** Keys come from numbers, so that two runs differ by block times alone. */
export const keyOf = (index: number): string => id(`bench account ${index}`)

/** The i-th worker, from 0: an operator's account and an enclave's key. */
export function workerAt(i: number, operator: Signer, staker: Signer): TestWorker {
  return { id: i + 1, operator, staker, enclave: new SigningKey(id(`bench enclave ${i}`)) }
}

export const operatorAddress = (i: number): string => computeAddress(keyOf(PEOPLE + i))
export const encryptionKeyOf = (worker: TestWorker): string => keccak256(worker.enclave.publicKey)

/** Deploys Enigma as a real network is, for at most this many workers. */
export async function benchChain(workers: number, say: (text: string) => void): Promise<BenchChain> {
  const accounts = Array.from({ length: PEOPLE + workers }, (_, i) => ({ privateKey: keyOf(i), balance: 10n ** 24n }))
  const connection = await network.create({
    override: { accounts, blockGasLimit: BLOCK_GAS, mining: { auto: true, mempool: { order: "fifo" } } },
  })
  const d = await deployEnigma({}, connection)
  const [user, keeper, staker] = d.signers.slice(1, 4) as Signer[]
  if (user === undefined || keeper === undefined || staker === undefined) throw new Error("the chain lacks accounts")
  const others: Signer[] = d.signers.slice(4, PEOPLE)
  for (const one of [user, keeper, ...others]) await fund(d, one, 10_000n * ENG)
  await (await d.token.transfer(staker, 50_000_000n * ENG)).wait()
  await (await d.token.connect(staker).approve(d.enigma, 2n ** 255n)).wait()
  await (await d.token.approve(d.enigma, TREASURY)).wait()
  await (await d.enigma.fundTreasury(TREASURY)).wait()
  return { ...d, workers: [], user, others, keeper, staker, say }
}

/** Gas a transaction paid for. */
export async function gasOf(sent: ContractTransactionResponse | Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait()
  if (receipt === null) throw new Error("the transaction is not mined")
  return Number(receipt.gasUsed)
}

/** Opens the next epoch by the keeper's transaction; its gas. */
export const openEpochGas = async (chain: BenchChain): Promise<number> => gasOf(advanceEpoch(chain, chain.keeper))
