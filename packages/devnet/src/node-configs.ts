/** The configuration file of each node process of a local network. */
import path from "node:path"
import type { NodeConfigInput } from "@enigma-discovery/node"
import { type Hex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import type { DevAccount } from "./accounts.ts"
import { NODE_STOP_TIMEOUT_MS } from "./constants.ts"
import type { ResolvedOptions } from "./options.ts"
import type { NetworkSecrets } from "./trust.ts"
import { grainsOf } from "./units.ts"

type ConfigOf<R extends NodeConfigInput["role"]> = Extract<NodeConfigInput, { role: R }>
const EVERYWHERE = "*"

export interface EnclaveProgram {
  /** One file. */
  readonly file: string
  /** Its SHA-256, 0x-hex. */
  readonly measurement: Hex
}
export interface EnclavePrograms {
  readonly worker: EnclaveProgram
  readonly keyManager: EnclaveProgram
}

/** What all processes of one network have in common. */
export interface NetworkPlan {
  readonly directory: string
  readonly options: ResolvedOptions
  readonly secrets: NetworkSecrets
  readonly programs: EnclavePrograms
}
/** What is known once Enigma is deployed. */
export interface DeployedPlan extends NetworkPlan {
  readonly rpcUrl: string
  readonly network: NetworkConfig
  readonly fromBlock: number
}

const processFields = (plan: NetworkPlan, name: string) => ({
  dataDir: path.join(plan.directory, name),
  log: { level: plan.options.logLevel },
  stopWithParent: true,
  stopTimeoutMs: NODE_STOP_TIMEOUT_MS,
})

const enclave = ({ secrets }: NetworkPlan, { file, measurement }: EnclaveProgram) => ({
  program: file,
  measurement,
  devRootKey: secrets.devRootKey,
})

const networkJson = ({ version: _, chainId, ...rest }: NetworkConfig) => ({
  ...rest,
  chainId: Number(chainId),
  enigma: toHex(rest.enigma),
  witnesses: rest.witnesses.map(toHex),
  beaconKey: toHex(rest.beaconKey),
  contractKey: toHex(rest.contractKey),
  keyManagerMeasurement: toHex(rest.keyManagerMeasurement),
})

const everyRole = (plan: DeployedPlan, name: string, bootstrap: readonly string[]) => ({
  ...processFields(plan, name),
  chain: {
    rpcUrl: plan.rpcUrl,
    pollMs: Math.max(20, Math.floor(plan.options.blockTimeMs / 4)),
    fromBlock: plan.fromBlock,
  },
  network: networkJson(plan.network),
  p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap: [...bootstrap] },
  // Pages of any origin may use a gateway that only this machine can reach.
  rpc: { corsOrigins: [EVERYWHERE] },
})

export const keyGenerationConfig = (plan: NetworkPlan, name: string): ConfigOf<"key-generation"> => ({
  role: "key-generation",
  ...processFields(plan, name),
  enclave: enclave(plan, plan.programs.keyManager),
})

export const keyManagerConfig = (plan: DeployedPlan, name: string, keeper: DevAccount): ConfigOf<"key-manager"> => ({
  role: "key-manager",
  ...everyRole(plan, name, []),
  enclave: enclave(plan, plan.programs.keyManager),
  operatorKey: keeper.privateKey,
})

export const witnessConfig = (plan: DeployedPlan, name: string): ConfigOf<"witness"> => ({
  role: "witness",
  ...everyRole(plan, name, []),
  witnessKey: plan.secrets.witnessKey,
})

export const workerConfig = (
  plan: DeployedPlan,
  name: string,
  bootstrap: readonly string[],
  operator: DevAccount,
  stakeEng: number,
): ConfigOf<"worker"> => ({
  role: "worker",
  ...everyRole(plan, name, bootstrap),
  enclave: enclave(plan, plan.programs.worker),
  operatorKey: operator.privateKey,
  stakeGrains: String(grainsOf(stakeEng)),
  commitBlocks: plan.options.commitBlocks,
})
