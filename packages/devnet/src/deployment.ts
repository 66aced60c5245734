/** Puts Enigma on the chain of a local network, with Ignition, by the module that any network uses. */
import fs from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import { trustHash } from "@enigma-discovery/verify"
import { ZeroAddress } from "ethers"
import type { DevAccount } from "./accounts.ts"
import type { ChainNode } from "./chain-node.ts"
import { STOP_TIMEOUT_MS } from "./constants.ts"
import { inProcessChain } from "./in-process/chain.ts"
import { deployInProcess } from "./in-process/deploy.ts"
import { type ProcessHost, startProcess } from "./internal/managed-process.ts"
import { programPath } from "./internal/spawn.ts"
import type { ResolvedOptions } from "./options.ts"
import type { DeployProgramConfig } from "./programs/deploy.ts"
import { addressOf, type GroupKeys, type NetworkSecrets, networkConfig } from "./trust.ts"

export interface Deployment {
  readonly addresses: {
    readonly enigma: Hex
    readonly token: Hex
    readonly verifier: Hex
    readonly timelock: Hex
  }
  /** Nothing of Enigma is before this block. */
  readonly blockNumber: number
}

export interface DeployOptions {
  readonly host: ProcessHost
  readonly chain: ChainNode
  readonly options: ResolvedOptions
  readonly secrets: NetworkSecrets
  readonly keys: GroupKeys
  /** SHA-256 of the worker program, 0x-hex. */
  readonly workerMeasurement: Hex
  /** For Ignition. Undefined: the creation code of the contracts package is deployed, without a process of its own. */
  readonly artifactsDirectory: string | undefined
  readonly deployer: DevAccount
}

const MODULE = fileURLToPath(new URL("../../../contracts-sol/ignition/modules/Enigma.ts", import.meta.url))

/** The module's parameters; what is not named here has the module's default. */
export function moduleParameters({
  options,
  secrets,
  keys,
  workerMeasurement,
  deployer,
}: Pick<DeployOptions, "options" | "secrets" | "keys" | "workerMeasurement" | "deployer">) {
  const network = networkConfig(options, secrets, keys, ZeroAddress as Hex) // its hash does not cover the address
  return {
    tokenHolder: deployer.address,
    proposers: [deployer.address],
    executors: [deployer.address],
    timelockDelayS: 0,
    devRoot: addressOf(secrets.devRootKey),
    measurements: [workerMeasurement],
    trustHash: toHex(trustHash(network)),
    beaconKey: keys.beaconKey,
    contractKey: keys.contractKey,
    epochLengthBlocks: options.epochLengthBlocks,
    // An opening takes a beacon over a block at depth; the rest of the epoch is time enough for a busy machine.
    openWindowBlocks: options.epochLengthBlocks - 1,
    commitWindowBlocks: options.commitBlocks,
    expiryBlocks: network.expiryBlocks,
    overdueBlocks: options.epochLengthBlocks - 1,
  }
}

/** @throws DEVNET_PROCESS_EXITED with what Ignition said, DEVNET_RPC_FAILED */
export async function deployEnigma(options: DeployOptions): Promise<Deployment> {
  const { chain, artifactsDirectory, deployer } = options
  if (artifactsDirectory !== undefined) return await deployByIgnition(options, artifactsDirectory)
  const request = (call: { method: string; params?: readonly unknown[] | object }) =>
    chain.provider.send(call.method, [...((call.params as readonly unknown[] | undefined) ?? [])])
  return await deployInProcess(await inProcessChain({ request }), deployer, moduleParameters(options))
}

async function deployByIgnition(options: DeployOptions, artifactsDirectory: string): Promise<Deployment> {
  const { host, chain, deployer } = options
  const directory = path.join(host.guardian.directory, "deployment")
  fs.mkdirSync(directory)
  const parametersFile = path.join(directory, "parameters.json")
  fs.writeFileSync(parametersFile, JSON.stringify({ Enigma: moduleParameters(options) }))
  const blockNumber = await chain.provider.getBlockNumber()
  const config: DeployProgramConfig = {
    rpcUrl: chain.rpcUrl,
    deployerKey: deployer.privateKey,
    artifactsDirectory,
    ignitionDirectory: directory,
    modulePath: MODULE,
    parametersFile,
  }
  const child = await startProcess(host, {
    name: "deployment",
    program: programPath("deploy"),
    args: [JSON.stringify(config)],
    ready: (line) =>
      line.startsWith('{"contracts"') ? (JSON.parse(line) as { contracts: Record<string, Hex> }).contracts : undefined,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  })
  await child.stop()
  const { enigma, token, verifier, timelock } = child.ready
  return {
    addresses: Object.freeze({ enigma: enigma!, token: token!, verifier: verifier!, timelock: timelock! }),
    blockNumber,
  }
}
