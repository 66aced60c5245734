/** A network with the millionaires example on it, and its people. */
import path from "node:path"
import type { Abi } from "@enigma-discovery/client"
import { type Client, contractAt, deployContract, type SecretContract, type TaskHandle } from "@enigma-discovery/client"
import { type InProcessDevnet, type InProcessOptions, startInProcessDevnet } from "@enigma-discovery/devnet/in-process"
import { compileContract } from "@enigma-discovery/sdk-as"

const ENTRY = path.join(import.meta.dirname, "../../../../../examples/millionaires/secret-contract/millionaires.ts")
let program: ReturnType<typeof compileContract> | undefined

export interface Lab {
  readonly network: InProcessDevnet
  readonly alice: string
  readonly contract: string
  /** Fresh, as after a page reload. */
  client(): Client
  at(client?: Client): SecretContract<Abi>
  add(person: number, worth: bigint, client?: Client): Promise<TaskHandle>
  /** Entries of the decrypted state. */
  size(): Promise<number>
}

export const personAddress = (person: number): string => `0x${String(person).padStart(40, "0")}`

export async function startLab(options: InProcessOptions = {}): Promise<Lab> {
  program ??= compileContract(ENTRY)
  const network = await startInProcessDevnet({ seed: "lab", epochLengthBlocks: 30, ...options })
  const { wasm, abi } = (await program) as { wasm: Uint8Array; abi: Abi }
  const [alice] = (await network.provider.request({ method: "eth_accounts" })) as string[]
  await network.fund(alice!)
  const client = () => network.client(alice!)
  const { address, task } = await deployContract(client(), { code: wasm, abi, args: [alice!] })
  await task.result()
  const at = (by = client()) => contractAt(by, address, abi)
  return {
    network,
    alice: alice!,
    contract: address,
    client,
    at,
    add: (person, worth, by) => at(by).call({ fn: "addMillionaire", args: [personAddress(person), worth] }),
    size: async () => (await network.debugState(address)).size,
  }
}
