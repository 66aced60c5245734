/** A contract object and calls of it without any network: what matchers look at, made by hand. */
import { type Abi, clientErrors, type TaskHandle, type TaskOutcome } from "@enigma-discovery/client"
import { fromHex } from "@enigma-discovery/protocol"
import type { StateEntry } from "@enigma-discovery/sdk-as"
import { Interface, type InterfaceAbi, type Signer } from "ethers"
import type { EnigmaNetwork } from "../../src/network/network.ts"
import { secretCall } from "../../src/network/secret-call.ts"
import { secretContract } from "../../src/network/secret-contract.ts"
import { TaskListeners } from "../../src/network/task-listeners.ts"
import type { SecretCall, SecretContract } from "../../src/types.ts"

export const ABI = [
  {
    type: "function",
    name: "bid",
    inputs: [{ name: "amount", type: "uint256" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    ...{ type: "event", name: "BidPlaced", anonymous: false },
    inputs: [
      { name: "by", type: "address", indexed: false },
      { name: "amount", type: "uint256", indexed: false },
    ],
  },
  { type: "event", name: "Closed", inputs: [], anonymous: false },
  { type: "error", name: "TooLow", inputs: [{ name: "least", type: "uint256" }] },
  { type: "error", name: "Over", inputs: [] },
] as unknown as Abi
export const coder = new Interface(ABI as unknown as InterfaceAbi)

export const ADDRESS = `0x${"c0".repeat(20)}` as const
const nowhere = () => Promise.reject(new Error("this test has no network"))

export function offlineContract(
  state: readonly StateEntry[] = [],
  network: Partial<EnigmaNetwork> = {},
): SecretContract {
  const all = { isMock: true, start: nowhere, client: nowhere, enigmaAddress: nowhere, ...network } as EnigmaNetwork
  const artifact = { name: "Auction", abi: ABI, state, codeHash: `0x${"00".repeat(32)}`, sourceMap: "{}" } as const
  return secretContract({ network: all, tasks: new TaskListeners(), artifact, address: ADDRESS, signer: {} as Signer })
}

/** A call that ended so. */
export function ended(outcome: Partial<TaskOutcome>): SecretCall<unknown> {
  const call = secretCall(Promise.resolve({} as TaskHandle), async () => ({ events: [], ...outcome }) as TaskOutcome)
  call.catch(() => {})
  return call
}

export const reverted = (message: string): SecretCall<unknown> =>
  ended({ error: clientErrors.make("TASK_REVERTED", { message, taskId: "0x", gasUsed: 1n }) })

/** Topic and words, as the SDK's contracts emit. */
export function event(name: string, ...args: readonly unknown[]): Uint8Array {
  const { topics, data } = coder.encodeEventLog(name, args)
  return fromHex(`${topics[0]}${data.slice(2)}`)
}
