/** Runs a call and collects everything public of it, down to the batches that commit it. */
import { type Client, clientErrors } from "@enigma-discovery/client"
import type { InProcessDevnet } from "@enigma-discovery/devnet/in-process"
import { type CommittedReceipt, GATEWAY_METHODS } from "@enigma-discovery/protocol"
import type { CalledTask } from "../costs/recorder.ts"
import { pluginErrors } from "../errors.ts"
import type { TaskListeners } from "../network/task-listeners.ts"
import { chainFacts, type MinedTransaction } from "./chain-facts.ts"
import type { Fact } from "./facts.ts"
import { committedFacts, decodeResult, envelopeFacts, resultFacts } from "./task-facts.ts"

export interface Observed {
  readonly devnet: InProcessDevnet
  /** Asks gateways; whose it is does not matter. */
  readonly client: Client
  readonly tasks: TaskListeners
}

/** Blocks after which what is not committed never will be: several epochs of any network in one process. */
const MAX_BLOCKS = 2_000

export async function observe({ devnet, client, tasks }: Observed, run: () => unknown): Promise<readonly Fact[]> {
  const called: CalledTask[] = []
  const stop = tasks.add((one) => void called.push(one))
  const before = await blockNumber(devnet)
  const ending = await endOf(run).finally(stop)
  await devnet.settle()
  const results = await Promise.all(called.map((one, i) => resultOf(client, one, placeOf(one, i))))
  await commitAll(devnet, called)
  const committed = await Promise.all(called.map((one, i) => committedOf(client, one, placeOf(one, i))))
  const mined = await transactionsBetween(devnet, before + 1, await blockNumber(devnet))
  return [
    { what: "calls of secret contracts", value: String(called.length) },
    { what: "how the call ended", value: ending },
    ...chainFacts(mined, devnet.addresses.enigma),
    ...results.flat(),
    ...committed.flat(),
  ]
}

const placeOf = ({ contract, fn }: CalledTask, i: number): string => `task ${i + 1} (${contract}.${fn})`

/** A task that fails is public as such, and no more than that; any other error is the test's own. */
async function endOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return "succeeded"
  } catch (error) {
    if (clientErrors.is(error) && error.name.startsWith("CLIENT_TASK_")) return "failed"
    throw error
  }
}

async function resultOf(client: Client, { task }: CalledTask, place: string): Promise<readonly Fact[]> {
  const { contract, index } = task
  const result = await client.gateways.find({
    method: GATEWAY_METHODS.taskResult,
    params: [contract, index],
    accept: (raw) => (typeof raw === "string" ? decodeResult(raw) : undefined),
  })
  const envelope = envelopeFacts(place, task.recorded.task.envelope)
  return result === undefined ? envelope : [...envelope, ...resultFacts(place, result)]
}

async function committedOf(client: Client, { task }: CalledTask, place: string): Promise<readonly Fact[]> {
  const { contract, index } = task
  const receipt = await client.gateways.find({
    method: GATEWAY_METHODS.receipt,
    params: [contract, index],
    accept: (raw) => (raw === null ? undefined : (raw as CommittedReceipt)),
  })
  return receipt === undefined ? [{ what: `${place}: committed`, value: "no" }] : committedFacts(place, receipt)
}

async function commitAll(devnet: InProcessDevnet, called: readonly CalledTask[]): Promise<void> {
  const open = new Set(called.map(({ task }) => task.contract))
  for (let mined = 0; open.size > 0; mined++) {
    for (const contract of open) {
      const { submitted, committed } = await devnet.enigma.queue(contract)
      if (committed >= submitted) open.delete(contract)
    }
    if (open.size === 0) return
    if (mined === MAX_BLOCKS)
      throw pluginErrors.make("BAD_CALL", { what: "toLeakNothing", why: `no batch in ${MAX_BLOCKS} blocks` })
    await devnet.mine(1)
  }
}

const blockNumber = async ({ provider }: InProcessDevnet): Promise<number> =>
  Number(await provider.request({ method: "eth_blockNumber" }))

async function transactionsBetween(
  { provider }: InProcessDevnet,
  from: number,
  to: number,
): Promise<MinedTransaction[]> {
  const found: MinedTransaction[] = []
  for (let number = from; number <= to; number++) {
    const params = [`0x${number.toString(16)}`, true]
    const block = (await provider.request({ method: "eth_getBlockByNumber", params })) as {
      transactions: (MinedTransaction & { hash: string })[]
    }
    for (const transaction of block.transactions) {
      const receipt = await provider.request({ method: "eth_getTransactionReceipt", params: [transaction.hash] })
      found.push({ ...transaction, ...(receipt as Pick<MinedTransaction, "status" | "gasUsed" | "logs">) })
    }
  }
  return found
}
