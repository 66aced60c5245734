/**
 * The configuration of a node process: one strict JSON object, parsed once at the root and handed down frozen. Keys travel in
 * this file, never in the argument list or the environment.
 */
import { fromHex, type NetworkConfig } from "@enigma-discovery/protocol"
import { multiaddr } from "@multiformats/multiaddr"
import { z } from "zod"
import { nodeErrors } from "./errors.ts"
import { Secret } from "./secret.ts"

/** Largest configuration file that is read. */
export const MAX_CONFIG_BYTES = 1_048_576

const hexOf = (lengthBytes: number, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^0x[0-9a-fA-F]{${2 * lengthBytes}}$`),
      `must be 0x and ${lengthBytes} bytes of hexadecimal (${what})`,
    )
    .transform((value) => fromHex(value, lengthBytes, what))
const addressHex = hexOf(20, "an address")
const secretKey = hexOf(32, "a secret key").transform((value) => new Secret(value))
const grains = z
  .string()
  .regex(/^[0-9]{1,19}$/, "must be a decimal number of grains as a string")
  .transform(BigInt)
const peerAddress = z.string().refine((value) => {
  try {
    multiaddr(value)
    return true
  } catch {
    return false
  }
}, "must be a multiaddr such as /ip4/127.0.0.1/tcp/0")
const port = z.int().min(0).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ })

const chain = z
  .strictObject({
    rpcUrl: httpUrl.describe("HTTP JSON-RPC of an Ethereum node"),
    pollMs: z.int().min(20).max(60_000).default(1_000).describe("Pause between looks at the chain, milliseconds"),
    fromBlock: z.int().min(0).default(0).describe("Block in which Enigma was deployed; nothing before it is read"),
    rangeBlocks: z.int().min(1).max(50_000).default(2_000).describe("Most blocks asked for in one eth_getLogs"),
    requestTimeoutMs: z.int().min(100).default(10_000).describe("One RPC request, milliseconds"),
  })
  .describe("Ethereum")

/** NetworkConfig (PROTOCOL §7.3) as JSON: what every enclave of the network is told; its hash is fixed on chain. */
const network = z
  .strictObject({
    chainId: z.int().positive(),
    enigma: addressHex.describe("The Enigma contract (its proxy)"),
    epochLengthBlocks: z.int().min(2).max(1_000_000),
    expiryBlocks: z.int().min(4).max(60_000_000).describe("Blocks after which anyone may settle a record"),
    inputsGraceBlocks: z.int().min(1).max(65_535).describe("Blocks after which a missing envelope is InputsMissing"),
    depth: z.int().min(0).max(64).describe("Confirmations a record needs before anything about it leaves an enclave"),
    storageReceipts: z.int().min(0).max(32),
    witnessThreshold: z.int().min(1).max(32),
    witnesses: z.array(addressHex).min(1).max(32),
    keyThreshold: z.int().min(1).max(255),
    keyManagers: z.int().min(1).max(255),
    beaconKey: hexOf(256, "a G2 key, EIP-2537"),
    contractKey: hexOf(256, "a G2 key, EIP-2537"),
    keyManagerMeasurement: hexOf(32, "a SHA-256"),
  })
  .refine((n) => n.witnessThreshold <= n.witnesses.length, "witnessThreshold is above the number of witnesses")
  .refine((n) => n.keyThreshold <= n.keyManagers, "keyThreshold is above keyManagers")
  .transform((n): NetworkConfig => Object.freeze({ version: 1, ...n, chainId: BigInt(n.chainId) }))
  .describe("What every enclave of this network is told (PROTOCOL §7.3)")

const p2p = z
  .strictObject({
    listen: z
      .array(peerAddress)
      .max(16)
      .default(["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"])
      .describe("Where libp2p listens"),
    announce: z
      .array(peerAddress)
      .max(16)
      .default([])
      .describe("Addresses told to others instead of those listened on"),
    bootstrap: z.array(peerAddress).max(64).default([]).describe("Peers dialled at the start, each with its /p2p/ id"),
    identityKey: secretKey.optional().describe("secp256k1 key of the peer id; made and kept in dataDir when absent"),
    maxPeers: z.int().min(1).max(1_000).default(60),
    trustedIps: z
      .array(z.string())
      .max(64)
      .default(["127.0.0.1", "::1"])
      .describe("Addresses on which many honest peers live (loopback, one NAT): no colocation penalty"),
  })
  .prefault({})
  .describe("libp2p")

const rpc = z
  .strictObject({
    host: z.string().default("127.0.0.1").describe("Interface of the gateway; loopback unless there is a reason"),
    port: port.default(0).describe("0: any free port, told in the ready message"),
    corsOrigins: z
      .array(z.string())
      .max(32)
      .default([])
      .describe('Web origins that may call; "*" any; none by default'),
    maxConnections: z.int().min(1).max(10_000).default(200),
    costPerMinute: z.int().min(10).default(6_000).describe("Cost units a client address may spend a minute"),
  })
  .prefault({})
  .describe("Gateway: JSON-RPC over HTTP and WebSocket, /healthz, /readyz and /metrics")

const log = z
  .strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info"),
    file: z.string().optional().describe("JSON lines are appended here instead of written to stderr"),
  })
  .prefault({})

const enclave = z
  .strictObject({
    program: z.string().min(1).describe("The bundled enclave program of this role, one file"),
    measurement: hexOf(32, "a SHA-256").describe("What the program file must hash to: another one is not started"),
    devRootKey: secretKey.describe("Key of the simulated attestation root; refused on chain id 1"),
    memoryMb: z.int().min(64).max(65_536).default(512).describe("Heap bound of the enclave process, MiB"),
  })
  .describe("The simulated enclave")

const processFields = {
  dataDir: z.string().min(1).describe("Directory of this process alone; made when absent"),
  log,
  readyFile: z.string().optional().describe("The ready message is also written here, whole or not at all"),
  stopWithParent: z.boolean().default(false).describe("Stop when standard input closes: the parent has ended"),
  stopTimeoutMs: z.int().min(100).max(120_000).default(10_000).describe("A clean stop may take so long, milliseconds"),
}
const everyRole = { ...processFields, chain, network, p2p, rpc }

const keeper = z
  .strictObject({
    enabled: z.boolean().default(true),
    ladderBlocks: z.int().min(1).max(64).default(2).describe("Blocks that each node further back in the order waits"),
  })
  .prefault({})
  .describe("Duty of opening epochs")

export const WorkerConfigSchema = z.strictObject({
  role: z.literal("worker"),
  ...everyRole,
  enclave,
  operatorKey: secretKey.describe("Ethereum account of the operator: holds ETH for gas and ENG for the stake"),
  stakeGrains: grains.describe(
    "Stake to hold, grains of ENG as a decimal string; registration deposits what is missing",
  ),
  followContracts: z
    .union([z.literal("all"), z.array(addressHex).max(10_000)])
    .default("all")
    .describe("Contracts whose data this node keeps and serves; a contract it is drawn for is always followed"),
  commitBlocks: z
    .int()
    .min(1)
    .max(10_000)
    .default(4)
    .describe("The last blocks of an epoch's schedule in which batches without callbacks are committed (C)"),
  renewBeforeS: z.int().min(0).default(3_600).describe("Renew an attestation that expires sooner than this, seconds"),
  keeper,
})

export const KeyManagerConfigSchema = z.strictObject({
  role: z.literal("key-manager"),
  ...everyRole,
  enclave,
  operatorKey: secretKey
    .optional()
    .describe("Ethereum account that opens epochs; without it the keeper duty is left to others"),
  keeper,
})

export const WitnessConfigSchema = z.strictObject({
  role: z.literal("witness"),
  ...everyRole,
  witnessKey: secretKey.describe("secp256k1 key whose address is among network.witnesses"),
})

/**
 * Makes the shares of a key manager before Enigma is deployed (their public keys are part of the deployment), keeps them
 * sealed in dataDir, prints `{"event":"keys",...}` and ends.
 */
export const KeyGenerationConfigSchema = z.strictObject({
  role: z.literal("key-generation"),
  ...processFields,
  enclave,
})

export const NodeConfigSchema = z.discriminatedUnion("role", [
  WorkerConfigSchema,
  KeyManagerConfigSchema,
  WitnessConfigSchema,
  KeyGenerationConfigSchema,
])

export type WorkerConfig = z.output<typeof WorkerConfigSchema>
export type KeyManagerConfig = z.output<typeof KeyManagerConfigSchema>
export type WitnessConfig = z.output<typeof WitnessConfigSchema>
export type KeyGenerationConfig = z.output<typeof KeyGenerationConfigSchema>
export type NodeConfig = z.output<typeof NodeConfigSchema>
/** What a launcher writes: before defaults and conversions. */
export type NodeConfigInput = z.input<typeof NodeConfigSchema>
/** The parts that every long-running role has. */
export type RoleConfig = WorkerConfig | KeyManagerConfig | WitnessConfig

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  for (const entry of Object.values(value)) deepFreeze(entry)
  return Object.freeze(value)
}

/** @throws NODE_BAD_CONFIG with the paths that are wrong; never with their values. */
export function parseNodeConfig(value: unknown): NodeConfig {
  const parsed = NodeConfigSchema.safeParse(value)
  if (parsed.success) return deepFreeze(parsed.data)
  const problem = parsed.error.issues
    .slice(0, 8)
    .map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`)
    .join("; ")
  throw nodeErrors.make("BAD_CONFIG", { problem })
}
