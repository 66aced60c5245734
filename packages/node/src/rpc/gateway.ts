/** A role's gateway on its node: methods, health and metrics behind one port. */
import { readEpoch } from "@enigma-discovery/chain/follow"
import { type GatewayStatus, type Hex, toHex } from "@enigma-discovery/protocol"
import { headerTrustText } from "@enigma-discovery/verify"
import type { NodeBase } from "../base.ts"
import type { Stack } from "../stack.ts"
import { NODE_VERSION } from "../version.ts"
import type { GatewayBackend } from "./backend.ts"
import { RpcError } from "./dispatch.ts"
import { gatewayMethods } from "./methods.ts"
import { type Readiness, startRpcServer } from "./server.ts"

export interface GatewayOptions {
  readonly backend: GatewayBackend
  readonly ready: () => Readiness
  /** Of the role's enclave, where it has one. */
  readonly enclave?: EnclaveWalls
}

/** What answers behind a gateway, and what holds it in. */
export interface EnclaveWalls {
  readonly measurement: Uint8Array
  readonly isolation: string
}

/** What every status of a node tells: which program runs, what its walls are made of, and what makes a header true to it. */
const wallsOf = ({ config }: NodeBase, enclave: EnclaveWalls | undefined) => ({
  measurement: enclave === undefined ? zeros(32) : toHex(enclave.measurement),
  isolation: enclave?.isolation ?? "no enclave",
  headerTrust: headerTrustText(config.network),
})

/** Opens the door. The URLs are for the ready message. @throws NODE_PORT_UNUSABLE */
export async function startGateway(
  up: Stack,
  base: NodeBase,
  { backend, ready, enclave }: GatewayOptions,
): Promise<{ readonly rpcUrl: string; readonly wsUrl: string }> {
  const { config, deps, metrics } = base
  const walls = wallsOf(base, enclave)
  metrics.describe("rpc_calls", "counter", "Gateway calls, by method and outcome.")
  const { url, wsUrl } = await up.start("gateway", () =>
    (deps.openDoor ?? startRpcServer)({
      ...config.rpc,
      methods: gatewayMethods(backend),
      ready: () => ({ ...ready(), ...walls }),
      metrics: () => metrics.render(),
      onCall: (method, outcome) => metrics.add("rpc_calls", { method, outcome }),
      now: deps.clock.now,
      log: deps.log,
    }),
  )
  return { rpcUrl: url, wsUrl }
}

export interface RoleStatus {
  readonly role: string
  readonly blockNumber: () => number
  readonly workerId?: () => number
  readonly operator?: Uint8Array
  /** Of the role's enclave, where it has one. */
  readonly enclave?: EnclaveWalls
}

const zeros = (lengthBytes: number): Hex => toHex(new Uint8Array(lengthBytes))

/** GatewayStatus of any role; the epoch is read from the chain. Of what a role has not, zeros are told. */
export async function gatewayStatus(base: NodeBase, status: RoleStatus): Promise<GatewayStatus> {
  const { config, rpc, p2p } = base
  const { network } = config
  const { enclave, operator } = status
  const blockNumber = status.blockNumber()
  const { epoch } = await readEpoch({ rpc, enigma: network.enigma, block: { number: blockNumber, timestampS: 0 } })
  return Object.freeze({
    version: NODE_VERSION,
    chainId: network.chainId.toString(),
    enigma: toHex(network.enigma),
    role: status.role,
    peerId: p2p.host.peerId.toString(),
    workerId: status.workerId?.() ?? 0,
    operator: operator === undefined ? zeros(20) : toHex(operator),
    blockNumber,
    epoch,
    ...wallsOf(base, enclave),
    addresses: p2p.host.getMultiaddrs().map((address) => address.toString()),
  })
}

/** For roles that serve no tasks: they tell their status, and that a worker must be asked for the rest. */
export function statusBackend(base: NodeBase, status: RoleStatus): GatewayBackend {
  const refuse = (): Promise<never> =>
    Promise.reject(new RpcError("unavailable", `This node is a ${status.role}; ask the gateway of a worker.`))
  return {
    status: () => gatewayStatus(base, status),
    keyStatement: refuse,
    submitCode: refuse,
    submitEnvelope: refuse,
    taskResult: refuse,
    receipt: refuse,
    query: refuse,
    code: refuse,
  }
}
