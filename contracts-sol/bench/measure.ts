/** Every figure of the bench. Contracts are in their second lap and credit slots in use, except where a name says else. */
import { EIP712_DOMAIN, packTerms } from "@enigma-discovery/protocol"
import { id } from "ethers"
import { advanceEpoch, termsOf } from "../test/support/network.ts"
import { follow, type QueueModel } from "../test/support/queue.ts"
import { type BenchChain, gasOf } from "./chain.ts"
import { ORDER_TYPES } from "./orders.ts"
import { commitGas, commitWaiting, GROUP, recordGas, recordGroupGas, recordMany, TERMS, youngQueue } from "./queues.ts"

/** Users of the batch that has several. */
const REFUNDED = 11
/** Code that stops at once: a callee that uses no gas. */
const STOP_CODE = "0x60015ff3"
const CALLBACK_DATA = `0x12345678${"11".repeat(32)}`
/** What every transaction costs. */
const TRANSACTION_GAS = 21_000
const PAIRS = 8
const SETTLED = 100
const EXPIRY_BLOCKS = 300
/** Small enough that 20,000 tasks make more batches than the ring of receipts holds. */
const BATCH_OF_AGING = 500

/** Per task. */
export const recordTasks100 = async (chain: BenchChain, queue: QueueModel): Promise<number> =>
  (await recordGroupGas(chain, queue, GROUP)) / GROUP

/** The user's order, recorded by the keeper for nothing. */
export const relayedOrder = (chain: BenchChain, queue: QueueModel): Promise<number> => orderGas(chain, queue, 0n)

/** The same with a fee, which goes to the keeper's credit. */
export const relayedOrderWithFee = (chain: BenchChain, queue: QueueModel): Promise<number> =>
  orderGas(chain, queue, 1_000n)

async function orderGas(chain: BenchChain, queue: QueueModel, relayerFeeGrains: bigint): Promise<number> {
  const signer = chain.user
  const order = {
    secretContract: queue.contract,
    inputsHash: id("order"),
    gasLimit: 5_000n,
    gasPriceGrains: 2n,
    callbackGas: 0n,
    callbackPriceGrains: 0n,
    keyEpoch: (await chain.enigma.currentEpoch()).epoch,
    nonce: (await chain.enigma.orderNonces(signer)).base,
    expiryBlock: BigInt((await chain.networkHelpers.time.latestBlock()) + 100),
    relayerFeeGrains,
  }
  const domain = { ...EIP712_DOMAIN, chainId: chain.chainId, verifyingContract: chain.address }
  const signature = await signer.signTypedData(domain, ORDER_TYPES, order)
  const sent = await chain.enigma.connect(chain.keeper).recordOrder(order, signer, signature)
  await follow(queue, chain.enigma, await sent.wait())
  return gasOf(sent)
}

/** One batch of `size` tasks of one user, its refund included, in an epoch whose draw is cached. */
export async function commitBatch(chain: BenchChain, queue: QueueModel, size: number): Promise<number> {
  await cacheDraw(chain, queue)
  await recordMany(chain, queue, size)
  return commitGas(chain, queue)
}

/** As `commitBatch` of one, in an epoch in which the contract had no batch. */
export async function commitFirstInEpoch(chain: BenchChain, queue: QueueModel): Promise<number> {
  await recordGas(chain, queue)
  await advanceEpoch(chain, chain.keeper)
  return commitGas(chain, queue)
}

/** What each further user in a batch costs, refunded to a credit slot in use. */
export async function perRefundedUser(chain: BenchChain, queue: QueueModel): Promise<number> {
  await cacheDraw(chain, queue)
  const commitOf = async (users: number) => {
    for (let i = 0; i < REFUNDED; i++) await recordGas(chain, queue, users === 1 ? chain.user : chain.others[i]!)
    return commitGas(chain, queue)
  }
  return Math.round(((await commitOf(REFUNDED)) - (await commitOf(1))) / (REFUNDED - 1))
}

/** What a callback costs beside the gas of its callee: what it takes when called directly, here no more than its calldata. */
export async function callbackOverhead(chain: BenchChain, queue: QueueModel): Promise<number> {
  const deployed = await (await chain.treasurer.sendTransaction({ data: STOP_CODE })).wait()
  const callbacks = [{ target: deployed!.contractAddress!, gasLimit: 50_000, data: CALLBACK_DATA }]
  const terms = termsOf({ gasLimit: 5_000n, callbackGas: 50_000n })
  const commitOf = async (options: { callbacks?: typeof callbacks }) => {
    await cacheDraw(chain, queue)
    await recordGas(chain, queue, chain.user, terms)
    return commitGas(chain, queue, options)
  }
  // Two commits differ by chance in the zero bytes of their hashes, too: the mean of some pairs.
  let withOne = 0
  let without = 0
  for (let i = 0; i < PAIRS; i++) {
    without += await commitOf({})
    withOne += await commitOf({ callbacks })
  }
  const direct = await gasOf(chain.keeper.sendTransaction({ to: callbacks[0]!.target, data: CALLBACK_DATA }) as never)
  return Math.round((withOne - without) / PAIRS) - (direct - TRANSACTION_GAS)
}

/** A transaction that proves the middle one of 100 receipts. */
export async function verifyReceipt(chain: BenchChain, queue: QueueModel): Promise<number> {
  await recordMany(chain, queue, GROUP)
  const { receipts, proofs, position } = await commitWaiting(chain, queue)
  const middle = GROUP / 2
  const args = [queue.contract, receipts[middle]!, proofs[middle]!, position] as const
  const data = chain.enigma.interface.encodeFunctionData("verifyReceipt", args as never)
  return gasOf(chain.keeper.sendTransaction({ to: chain.address, data }) as never)
}

/** Per task, of 100 tasks of one user that nobody committed. */
export async function settleExpired100(chain: BenchChain, queue: QueueModel): Promise<number> {
  const first = queue.tasks.length
  await recordMany(chain, queue, SETTLED)
  const tasks = queue.tasks.slice(first)
  await chain.networkHelpers.mine(EXPIRY_BLOCKS)
  const records = tasks.map(({ record, sender, lockedGrains, index }) => ({
    sender,
    inputsHash: record.inputsHash,
    terms: packTerms({ ...record, lockedGrains, index }),
    place: record.blockNumber | (record.timestampS << 64n),
  }))
  const keeper = chain.enigma.connect(chain.keeper)
  const gas = await gasOf(keeper.settleExpired(queue.contract, queue.tasks[first - 1]!.link, records, [], []))
  queue.committed = queue.tasks.length
  return gas / SETTLED
}

/** Creates an account and records its deployment. */
export async function recordDeployment(chain: BenchChain): Promise<number> {
  const enigma = chain.enigma.connect(chain.user)
  return gasOf(enigma.recordDeployment(id("code"), id("one more"), id("constructor inputs"), TERMS))
}

/** What the first and the `age`-th task of a contract cost to record and to commit. */
export async function atAge(chain: BenchChain, age: number) {
  const queue = await youngQueue(chain, "aging")
  const first = { record: await recordGas(chain, queue), commit: await commitGas(chain, queue) }
  while (queue.tasks.length < age) {
    await recordMany(chain, queue, Math.min(BATCH_OF_AGING, age - queue.tasks.length))
    await commitGas(chain, queue)
    chain.say(`${queue.tasks.length} of ${age} tasks recorded and committed`)
  }
  const last = { record: await recordGas(chain, queue), commit: await commitGas(chain, queue) }
  return { first, last }
}

/** A batch before the measured one, so that the draw of this epoch is in the queue's word. */
async function cacheDraw(chain: BenchChain, queue: QueueModel): Promise<void> {
  await recordGas(chain, queue)
  await commitGas(chain, queue)
}
