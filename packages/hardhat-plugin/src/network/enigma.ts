/** `connection.enigma`. */
import { type Client, deployContract, predictAddress } from "@enigma-discovery/client"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"
import { requireArtifact, type SecretArtifact } from "../build/artifacts.ts"
import { capture } from "../debug/capture.ts"
import type { DeployOptions, Enigma, SecretContract } from "../types.ts"
import { explainFailure } from "./explain-failure.ts"
import type { EnigmaNetwork } from "./network.ts"
import { callOptions, partsOf, secretContract } from "./secret-contract.ts"
import type { TaskListeners } from "./task-listeners.ts"

export interface EnigmaParts {
  readonly network: EnigmaNetwork
  readonly tasks: TaskListeners
  /** Folder of the compiled secret contracts. */
  readonly artifacts: string
  readonly loadFixture: Enigma["loadFixture"]
  /** Who acts when no signer is named. */
  readonly defaultSigner: () => Promise<Signer>
}

export function createEnigma(parts: EnigmaParts): Enigma {
  const { network, artifacts, defaultSigner } = parts
  const signerOf = async (signer: Signer | undefined) => signer ?? (await defaultSigner())
  const at = (artifact: SecretArtifact, address: string, signer: Signer) =>
    secretContract({ network, tasks: parts.tasks, artifact, address, signer })
  const enigma = {
    isMock: network.isMock,
    start: () => network.start(),
    deploy: async (name: string, args: readonly unknown[] = [], options: DeployOptions = {}) => {
      const artifact = await requireArtifact(artifacts, name)
      const signer = await signerOf(options.signer)
      return at(artifact, await deploy(parts, artifact, signer, args, options), signer)
    },
    predictAddress: async (name: string, { signer, salt }: Pick<DeployOptions, "signer" | "salt"> = {}) => {
      const artifact = await requireArtifact(artifacts, name)
      const who = await signerOf(signer)
      return (await freePlace(await network.client(who), artifact, await who.getAddress(), salt)).address
    },
    getContractAt: async (name: string, address: string, signer?: Signer) =>
      at(await requireArtifact(artifacts, name), address, await signerOf(signer)),
    loadFixture: parts.loadFixture,
    client: async (signer?: Signer) => await network.client(await signerOf(signer)),
    enigmaAddress: () => network.enigmaAddress(),
    advanceEpoch: async () => {
      const { number } = await (await network.startedDevnet("advanceEpoch")).advanceEpoch()
      return Object.freeze({ epoch: Number(number) })
    },
    mine: async (blocks?: number) => await (await network.startedDevnet("mine")).mine(blocks),
    settle: async () => await (await network.startedDevnet("settle")).settle(),
    debug: Object.freeze({
      state: async (contract: SecretContract) => {
        const { decodeState } = await import("@enigma-discovery/sdk-as")
        const { state } = partsOf(contract, "debug.state").artifact
        return decodeState(state, await (await network.startedDevnet("debug.state")).debugState(contract.address))
      },
      rawState: async (contract: string | { readonly address: string }) => {
        const devnet = await network.startedDevnet("debug.rawState")
        return await devnet.debugState(typeof contract === "string" ? contract : contract.address)
      },
      capture: async (contract: SecretContract, run: () => unknown, file: string) =>
        await capture(partsOf(contract, "debug.capture"), contract, run, file),
    }),
    get faults() {
      return network.devnet("faults").faults
    },
    get devnet() {
      return network.devnet("devnet")
    },
  }
  const made = Object.freeze(enigma) as unknown as Enigma
  allParts.set(made, parts)
  return made
}

const allParts = new WeakMap<object, EnigmaParts>()

/** What a connection's `enigma` was made of; undefined for anything else. */
export const enigmaParts = (enigma: unknown): EnigmaParts | undefined =>
  typeof enigma === "object" && enigma !== null ? allParts.get(enigma) : undefined

async function deploy(
  { network, tasks }: EnigmaParts,
  { name, wasm, abi, sourceMap, ...artifact }: SecretArtifact,
  signer: Signer,
  args: readonly unknown[],
  { salt, signer: _, ...overrides }: DeployOptions,
): Promise<Hex> {
  const client = await network.client(signer)
  const { userSalt } = await freePlace(client, artifact, await signer.getAddress(), salt)
  const { address, task } = await deployContract(client, { ...callOptions(overrides), code: wasm, abi, args, userSalt })
  const { finality, timeoutMs, signal } = overrides
  const outcome = await task.outcome({ finality, timeoutMs, signal })
  tasks.tell({ contract: name, fn: "(deployment)", task, outcome })
  if (outcome.error !== undefined) throw explainFailure(outcome.error, { name, sourceMap })
  return address
}

/**
 * Where a contract goes: under the salt that was given, else under the first number that leads to an address without code. So a
 * test deploys the same code as often as it likes, and knows the address beforehand.
 */
async function freePlace(
  client: Client,
  { codeHash }: Pick<SecretArtifact, "codeHash">,
  deployer: string,
  salt: Hex | undefined,
): Promise<{ readonly userSalt: Hex; readonly address: Hex }> {
  for (let number = 0n; ; number++) {
    const userSalt = salt ?? toHex(word(number))
    const address = await predictAddress(client, { deployer, codeHash, userSalt })
    if (salt !== undefined) return { userSalt, address }
    if ((await client.rpc.request("eth_getCode", [address, "latest"])) === "0x") return { userSalt, address }
  }
}

function word(number: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setBigUint64(24, number)
  return bytes
}
