/** Fills the lottery's tree by what real workers send: registration with a quote, stake, login. */
import { computeAddress } from "ethers"
import { ENG, EPOCH_LENGTH, makeQuote, mineToOpenWeights, OPEN_WINDOW } from "../test/support/network.ts"
import { type BenchChain, encryptionKeyOf, gasOf, operatorAddress, workerAt } from "./chain.ts"

/** Workers whose transactions go into one block. */
const PER_BLOCK = 250
const GAS = { register: 400_000, stake: 300_000, login: 600_000 } as const

/** What a worker stakes: 100 to 1,099 ENG, no two neighbours alike. */
export const stakeOf = (i: number): bigint => (100n + BigInt((i * 377) % 1_000)) * ENG

/** Lets workers join until there are `count`. */
export async function fillTo(chain: BenchChain, count: number): Promise<void> {
  while (chain.workers.length < count) {
    await openWeights(chain)
    const size = Math.min(PER_BLOCK, count - chain.workers.length)
    await join(chain, size)
    chain.say(`${chain.workers.length} of ${count} workers joined`)
  }
}

/** Registers one more worker by a transaction of its own, which then joins; the gas of the registration. */
export async function registerGas(chain: BenchChain): Promise<number> {
  await openWeights(chain)
  const index = chain.workers.length
  const { from, data } = await registration(chain, index)
  const operator = await chain.ethers.getSigner(from)
  const gas = await gasOf(operator.sendTransaction({ to: chain.address, data }) as never)
  await stakeAndLogin(chain, index, 1)
  chain.workers.push(workerAt(index, operator, chain.staker))
  return gas
}

/** Weights are closed while a scheduled epoch may still be opened. */
async function openWeights(chain: BenchChain): Promise<void> {
  const next = (await chain.networkHelpers.time.latestBlock()) + 4
  if (next % EPOCH_LENGTH <= OPEN_WINDOW + 4) await mineToOpenWeights(chain)
}

async function join(chain: BenchChain, size: number): Promise<void> {
  const first = chain.workers.length
  const registrations = []
  for (let i = first; i < first + size; i++)
    registrations.push({ ...(await registration(chain, i)), gas: GAS.register })
  await sendInOneBlock(chain, registrations)
  await stakeAndLogin(chain, first, size)
  for (let i = first; i < first + size; i++) chain.workers.push(workerAt(i, chain.keeper, chain.staker))
}

async function stakeAndLogin(chain: BenchChain, first: number, size: number): Promise<void> {
  const from = await chain.staker.getAddress()
  const ids = Array.from({ length: size }, (_, i) => first + i + 1)
  const encode = chain.enigma.interface.encodeFunctionData.bind(chain.enigma.interface)
  const stakes = ids.map((id) => ({ from, data: encode("stake", [id, stakeOf(id - 1)]), gas: GAS.stake }))
  await sendInOneBlock(chain, stakes)
  await sendInOneBlock(
    chain,
    ids.map((id) => ({ from, data: encode("login", [id]), gas: GAS.login })),
  )
}

async function registration(chain: BenchChain, index: number): Promise<{ from: string; data: string }> {
  const worker = workerAt(index, chain.keeper, chain.staker)
  const from = operatorAddress(index)
  const signer = computeAddress(worker.enclave.publicKey)
  const issuedAtS = BigInt(await chain.networkHelpers.time.latest())
  const quote = await makeQuote(chain, from, signer, encryptionKeyOf(worker), { issuedAtS })
  const staker = await chain.staker.getAddress()
  const data = chain.enigma.interface.encodeFunctionData("register", [staker, signer, encryptionKeyOf(worker), quote])
  return { from, data }
}

interface Call {
  readonly from: string
  readonly data: string
  readonly gas: number
}

/** Sends to Enigma. @throws when one of them failed */
async function sendInOneBlock(chain: BenchChain, calls: readonly Call[]): Promise<void> {
  const { provider } = chain.connection
  const request = (method: string, ...params: unknown[]) => provider.request({ method, params })
  await request("evm_setAutomine", false)
  try {
    const send = ({ from, data, gas }: Call) =>
      request("eth_sendTransaction", { from, to: chain.address, data, gas: `0x${gas.toString(16)}` })
    const hashes = (await Promise.all(calls.map(send))) as string[]
    await request("evm_mine")
    for (const hash of hashes) {
      const receipt = (await request("eth_getTransactionReceipt", hash)) as { status: string } | null
      if (receipt?.status !== "0x1") throw new Error(`transaction ${hash} of a worker failed`)
    }
  } finally {
    await request("evm_setAutomine", true)
  }
}
