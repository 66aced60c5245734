import { keccak256 } from "@enigma-discovery/crypto"
import { fromHex, type Hex, MAX_CODE_BYTES, toHex } from "@enigma-discovery/protocol"
import { contractAddress } from "@enigma-discovery/verify"
import type { Abi, ConstructorArgs } from "./abi.ts"
import { type Client, walletFor } from "./client.ts"
import { contractKey } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import { resolveConstructor } from "./functions.ts"
import { readCode } from "./internal/chain.ts"
import { parametersOf } from "./network.ts"
import { type PriceParameters, priceOf, sealTask } from "./prepare-task.ts"
import { type RecordOptions, recordTask } from "./record-task.ts"
import { submitCode, submitEnvelope } from "./submit-envelope.ts"
import type { PreparedTask } from "./task.ts"
import { type TaskHandle, taskHandle } from "./task-handle.ts"

export interface DeployParameters<A extends Abi> extends PriceParameters, RecordOptions {
  /** WASM module, at most 1 MiB. */
  readonly code: Uint8Array
  readonly abi: A
  readonly args: ConstructorArgs<A>
  /** 32 bytes that tell several contracts of one deployer and code apart; zero when left out. */
  readonly userSalt?: Uint8Array | Hex | undefined
}

export interface Deployment {
  readonly address: Hex
  readonly codeHash: Hex
  readonly userSalt: Hex
  /** Record 0 of the contract: `result()` resolves when the constructor has run. */
  readonly task: TaskHandle<undefined>
}

/**
 * Deploys a secret contract: gives its code to the gateways, seals the constructor's arguments, records. Resolves when the record is
 * mined. Calls may be recorded at once; they are executed after the constructor. One prompt of the wallet.
 * @throws CLIENT_CODE_TOO_LARGE, CLIENT_ALREADY_DEPLOYED, and as `prepareTask`, `submitEnvelope` and `recordTask`
 */
export async function deployContract<const A extends Abi>(
  client: Client,
  parameters: DeployParameters<A>,
): Promise<Deployment> {
  const { code, signal } = parameters
  const prepared = await prepareDeployment(client, parameters)
  const codeHash = fromHex(prepared.codeHash, 32)
  await Promise.all([submitCode(client, { code, codeHash, signal }), submitEnvelope(client, prepared, { signal })])
  const task = taskHandle(client, await recordTask(client, prepared, parameters))
  const { contract: address, deployment } = prepared
  return Object.freeze({ address, codeHash: prepared.codeHash, userSalt: deployment!.userSalt, task })
}

/** As `prepareTask`, for record 0. Its `contract` is the address that the deployment will have. */
export async function prepareDeployment<const A extends Abi>(
  client: Client,
  parameters: DeployParameters<A>,
): Promise<PreparedTask<undefined>> {
  const { code, abi, args, userSalt, signal } = parameters
  if (code.length > MAX_CODE_BYTES) throw clientErrors.make("CODE_TOO_LARGE", { got: code.length, max: MAX_CODE_BYTES })
  const { signature, encode } = resolveConstructor(abi)
  const calldata = encode(args as readonly unknown[])
  const sender = await walletFor(client, "deployContract").address()
  const codeHash = toHex(keccak256(code))
  const salt = saltOf(userSalt)
  const contract = await predictAddress(client, { deployer: sender, codeHash, userSalt: salt })
  const there = await readCode(client.rpc, contract, signal)
  if (there.length > 0) throw clientErrors.make("ALREADY_DEPLOYED", { contract })
  const [key, price] = await Promise.all([contractKey(client, { contract, signal }), priceOf(client, parameters)])
  const deployment = Object.freeze({ userSalt: toHex(salt) })
  return sealTask(client, { contract, sender, codeHash, signature, price, deployment }, key, calldata)
}

/** The address a deployment will have (PROTOCOL §2.4). RPC: `eth_call`, once a client. */
export async function predictAddress(
  client: Client,
  { deployer, codeHash, userSalt }: { deployer: string; codeHash: Hex; userSalt?: Uint8Array | Hex | undefined },
): Promise<Hex> {
  const { accountImplementation } = await parametersOf(client)
  const parts = { deployer: fromHex(deployer, 20, "deployer"), codeHash: fromHex(codeHash, 32, "codeHash") }
  const { enigma } = client
  return toHex(contractAddress({ enigma, accountImplementation, ...parts, userSalt: saltOf(userSalt) }))
}

function saltOf(userSalt: Uint8Array | Hex | undefined): Uint8Array {
  if (userSalt === undefined) return new Uint8Array(32)
  return fromHex(typeof userSalt === "string" ? userSalt : toHex(userSalt), 32, "userSalt")
}
