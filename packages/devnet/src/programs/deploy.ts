/**
 * Deploys an Ignition module on a chain, in a process of its own: Hardhat is large and needed once. Argument: JSON of
 * DeployProgramConfig. Says `{"contracts"}` in one line when every contract is there, and ends.
 */
import { fileURLToPath, pathToFileURL } from "node:url"
import ignitionEthers from "@nomicfoundation/hardhat-ignition-ethers"
import type { IgnitionModule } from "@nomicfoundation/ignition-core"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"

export interface DeployProgramConfig {
  readonly rpcUrl: string
  readonly deployerKey: string
  readonly artifactsDirectory: string
  /** Of this network alone: Ignition keeps its journal here. */
  readonly ignitionDirectory: string
  readonly modulePath: string
  /** JSON5 file as `hardhat ignition deploy --parameters` takes it. */
  readonly parametersFile: string
}

/** Look this often, and do not wait for blocks on top of the one that holds a deployment. */
const POLL_MS = 50

const config = JSON.parse(process.argv[2] ?? "") as DeployProgramConfig
const { default: module } = (await import(pathToFileURL(config.modulePath).href)) as { default: IgnitionModule }
const hre = await createHardhatRuntimeEnvironment(
  {
    plugins: [ignitionEthers],
    paths: { artifacts: config.artifactsDirectory, ignition: config.ignitionDirectory },
    networks: {
      chain: { type: "http", chainType: "l1", url: config.rpcUrl, accounts: [config.deployerKey] },
    },
    ignition: { requiredConfirmations: 1, blockPollingInterval: POLL_MS },
  },
  {},
  fileURLToPath(new URL("../..", import.meta.url)),
)
const { ignition } = await hre.network.create("chain")
const contracts = await ignition.deploy(module, { parameters: config.parametersFile })
const addresses = await Promise.all(
  Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()] as const),
)
process.stdout.write(`${JSON.stringify({ contracts: Object.fromEntries(addresses) })}\n`)
