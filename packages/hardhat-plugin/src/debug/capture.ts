import { clientErrors } from "@enigma-discovery/client"
import { toHex } from "@enigma-discovery/protocol"
import type { CalledTask } from "../costs/recorder.ts"
import { pluginErrors } from "../errors.ts"
import type { ContractParts } from "../network/secret-contract.ts"
import type { SecretContract } from "../types.ts"
import { type ReplayBundle, writeBundle } from "./bundle.ts"

/** Runs a call and keeps all that its task depended on. The call may fail: that is what one debugs. */
export async function capture(
  { network, artifact, tasks }: ContractParts,
  contract: SecretContract,
  run: () => unknown,
  file: string,
): Promise<void> {
  const what = "debug.capture"
  const devnet = await network.startedDevnet(what)
  const state = [...(await devnet.debugState(contract.address))]
  const called: CalledTask[] = []
  const stop = tasks.add((one) => void called.push(one))
  try {
    await run()
  } catch (error) {
    if (!clientErrors.is(error)) throw error
  } finally {
    stop()
  }
  const found = called.find(({ task }) => task.contract === contract.address)
  if (found === undefined)
    throw pluginErrors.make("BAD_CALL", { what, why: `the function made no task of ${artifact.name}` })
  await writeBundle(file, await bundleOf(found, artifact, state, devnet.provider))
}

async function bundleOf(
  { task, outcome }: CalledTask,
  { name, codeHash }: ContractParts["artifact"],
  state: ReplayBundle["state"],
  provider: { request(call: { method: string; params: readonly unknown[] }): Promise<unknown> },
): Promise<ReplayBundle> {
  const { record, blockNumber, task: prepared } = task.recorded
  const params = [`0x${blockNumber.toString(16)}`, false]
  const block = (await provider.request({ method: "eth_getBlockByNumber", params })) as { timestamp: string }
  if (prepared.calldata === undefined)
    throw pluginErrors.make("BAD_CALL", { what: "debug.capture", why: "the call is not of this process" })
  const { gasUsed, status, error } = outcome
  return {
    ...{ format: "enigma-replay-1", contract: name, codeHash, address: task.contract, sender: prepared.sender },
    ...{ taskId: task.taskId, index: task.index, blockNumber: String(blockNumber) },
    timestampS: String(BigInt(block.timestamp)),
    ...{ token: toHex(record.token), amount: String(record.amount) },
    calldata: prepared.calldata.expose((bytes) => toHex(bytes)),
    gasLimit: String(prepared.price.gasLimit),
    state,
    ended: {
      status,
      ...(gasUsed === undefined ? {} : { gasUsed: String(gasUsed) }),
      ...(error === undefined ? {} : { message: error.message }),
    },
  }
}
