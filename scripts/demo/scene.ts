// What the acts of the demo share: the network, who is on stage, and how a call is made and told.
import { callContract, type TaskHandle } from "@enigma-discovery/client"
import { type CommittedBatch, type Devnet, type DevnetWorker, waitFor } from "@enigma-discovery/devnet"
import type { Claims } from "./claims.ts"
import type { SecretProgram } from "./examples.ts"
import { clientOf, type Person } from "./people.ts"
import { seconds, type Teller, thousands } from "./tell.ts"

const COMMIT_TIMEOUT_MS = 120_000
const BLOCKS_FOR_AN_ACT = 70

export interface Scene {
  readonly network: Devnet
  readonly teller: Teller
  readonly claims: Claims
  readonly signal: AbortSignal
  readonly artifacts: string
  readonly people: readonly Person[]
  /** Net worth by address: what the network never sees in clear. */
  readonly worths: Map<string, bigint>
}

/** The scene once the contracts are there. */
export interface Stage extends Scene {
  readonly secretContract: string
  readonly program: SecretProgram
}

export const workerById = ({ network }: Scene, workerId: number): DevnetWorker => {
  const found = network.workers.find((worker) => worker.workerId === workerId)
  if (!found) throw new Error(`no worker has id ${workerId}`)
  return found
}

export const drawnWorker = async (scene: Scene, secretContract: string): Promise<DevnetWorker> =>
  workerById(scene, await scene.network.enigma.drawnWorker(secretContract))

/** Workers that run and are not drawn for a contract: the gateways a user may take for it. */
export async function gatewaysFor(scene: Scene, secretContract: string): Promise<readonly DevnetWorker[]> {
  const drawn = await drawnWorker(scene, secretContract)
  return scene.network.workers.filter((worker) => worker !== drawn && worker.process.running)
}

export interface CallOptions {
  readonly fn: string
  readonly args: readonly unknown[]
  readonly callbackGas?: bigint
}

export interface Called {
  readonly person: Person
  readonly handle: TaskHandle
  readonly calledAt: number
}

/** Makes sure that an act does not run into the epoch's end, where workers commit on their own. */
export async function roomInEpoch({ network, teller }: Scene): Promise<void> {
  const left = (await network.enigma.nextScheduledStart()) - network.options.commitBlocks
  if (left - (await network.chain.provider.getBlockNumber()) >= BLOCKS_FOR_AN_ACT) return
  const { number } = await network.enigma.advanceToNextEpoch()
  teller.line("chain", `fast-forwarded to epoch ${number}`)
}

/** A person verifies worker and key, encrypts, and records one task, through a gateway that is not the drawn worker. */
export async function call(stage: Stage, person: Person, { fn, args, callbackGas = 0n }: CallOptions): Promise<Called> {
  const { network, teller, claims, signal, secretContract, program } = stage
  const calledAt = performance.now()
  const [gateway] = await gatewaysFor(stage, secretContract)
  if (!gateway) throw new Error("no worker is left to be a gateway")
  const client = clientOf(network, person, [gateway])
  const { abi } = program
  const handle = await callContract(client, { contract: secretContract, abi, fn, args, callbackGas, signal })
  const { task, transactionHash } = handle.recorded
  const receipt = await network.chain.provider.getTransactionReceipt(transactionHash)
  const verified = task.worker && workerById(stage, task.worker.workerId)
  teller.line(
    person.name,
    `${fn}: task ${handle.index} recorded, ${thousands(receipt?.gasUsed ?? 0n)} gas; ` +
      `sealed to ${verified?.name}, sent through ${gateway.name}`,
  )
  if (verified === undefined || verified === gateway) claims.check(`${gateway.name} is not the drawn worker`, false)
  return { person, handle, calledAt }
}

/** Waits for the answer, decrypts it, and tells how long it took since the call. */
export async function answer({ teller, signal }: Scene, { person, handle, calledAt }: Called): Promise<unknown> {
  const { value, error, gasUsed } = await handle.outcome({ signal, timeoutMs: COMMIT_TIMEOUT_MS })
  if (error) throw error
  const took = seconds(performance.now() - calledAt)
  teller.line(
    person.name,
    `task ${handle.index} answered and decrypted ${took} after the call; ${gasUsed} units of compute`,
  )
  return value
}

/** Waits until every record of the contract is committed. @returns the batches that did it, from index `from` on */
export async function committedFrom(stage: Stage, from: number): Promise<readonly CommittedBatch[]> {
  const { network, signal, secretContract } = stage
  const probe = async () => {
    const { submitted, committed } = await network.enigma.queue(secretContract)
    return committed >= submitted ? true : undefined
  }
  await waitFor("the commit of all tasks", probe, { timeoutMs: COMMIT_TIMEOUT_MS, everyMs: 100, signal })
  return (await network.enigma.batches(secretContract)).filter(({ toIndex }) => toIndex > from)
}
