import { latestBlock } from "@enigma-discovery/chain/follow"
import { SecretKey } from "@enigma-discovery/crypto"
import { equalBytes, fromHex, gasLockGrains, type Hex, MAX_LOCK_GRAINS, toHex } from "@enigma-discovery/protocol"
import { contractAddress } from "@enigma-discovery/verify"
import type { Abi, FunctionArgs, FunctionName, FunctionResult } from "./abi.ts"
import { type Client, walletFor } from "./client.ts"
import { DEFAULT_GAS_LIMIT } from "./constants.ts"
import { contractKey, type VerifiedKey } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import { resolveFunction } from "./functions.ts"
import { deploymentOf } from "./internal/enigma-events.ts"
import { parametersOf } from "./network.ts"
import { sealInput } from "./seal.ts"
import type { PreparedTask, TaskPrice } from "./task.ts"

/** Prices left out are Enigma's lowest; `callbackGas` left out is none. */
export interface PriceParameters {
  /** WASM gas the task may use. What it does not use (in factor-2 classes) is refunded. */
  readonly gasLimit?: bigint | undefined
  readonly gasPriceGrains?: bigint | undefined
  /** Ethereum gas for the contract's calls at the end of the task. */
  readonly callbackGas?: bigint | undefined
  readonly callbackPriceGrains?: bigint | undefined
}

/** What is called. */
export interface FunctionCall<A extends Abi, F extends FunctionName<A>> extends PriceParameters {
  /** Name, or signature as "add(uint256,uint256)" where a name is used twice. */
  readonly fn: F
  readonly args: FunctionArgs<A, F>
  readonly signal?: AbortSignal | undefined
}
export interface PrepareTaskParameters<A extends Abi, F extends FunctionName<A>> extends FunctionCall<A, F> {
  readonly contract: string
  readonly abi: A
}

/**
 * Encodes a call, verifies worker and key, and seals the call to the key. Nothing is sent but the question for the key.
 * RPC: as `contractKey`, and `eth_getCode`, `eth_call` (parameters); gateway: `enigma_keyStatement`.
 * @throws CLIENT_NO_SIGNER, CLIENT_UNKNOWN_CONTRACT, CLIENT_UNKNOWN_FUNCTION, CLIENT_AMBIGUOUS_FUNCTION, CLIENT_BAD_ARGUMENTS,
 * CLIENT_INPUT_TOO_LARGE, CLIENT_PRICE_TOO_HIGH and those of `contractKey`
 */
export async function prepareTask<const A extends Abi, F extends FunctionName<A>>(
  client: Client,
  parameters: PrepareTaskParameters<A, F>,
): Promise<PreparedTask<FunctionResult<A, F>>> {
  const { contract, abi, fn, args, signal } = parameters
  const { signature, encode } = resolveFunction(abi, fn)
  const calldata = encode(args as readonly unknown[])
  const address = fromHex(contract, 20, "contract")
  return await prepareCall(client, { ...pricesOf(parameters), contract: address, signature, calldata, signal })
}

const pricesOf = ({
  gasLimit,
  gasPriceGrains,
  callbackGas,
  callbackPriceGrains,
}: PriceParameters): PriceParameters => ({
  gasLimit,
  gasPriceGrains,
  callbackGas,
  callbackPriceGrains,
})

/** A call whose bytes are known. `calldata` is taken over. */
export interface EncodedCall extends PriceParameters {
  readonly contract: Uint8Array
  /** See `ResolvedFunction`. */
  readonly signature: string
  readonly calldata: Uint8Array
  readonly signal?: AbortSignal | undefined
}

/** As `prepareTask`, for a call that is encoded already. */
export async function prepareCall<Result>(client: Client, parameters: EncodedCall): Promise<PreparedTask<Result>> {
  const { signature, calldata, signal } = parameters
  const contract = toHex(parameters.contract)
  const [key, codeHash, sender, price] = await Promise.all([
    contractKey(client, { contract, signal }),
    codeHashOf(client, contract, signal),
    walletFor(client, "prepareTask").address(),
    priceOf(client, parameters),
  ])
  return sealTask(client, { contract, sender, codeHash: toHex(codeHash), signature, price }, key, calldata)
}

/** What a task is, besides what its key adds. */
export type TaskTerms = Pick<PreparedTask, "contract" | "sender" | "codeHash" | "signature" | "price"> &
  Partial<Pick<PreparedTask, "deployment">>

/** Seals calldata under a verified key. Takes the calldata over: it is kept where it does not print. */
export function sealTask<Result>(
  { chainId, enigma }: Client,
  terms: TaskTerms,
  { epoch: keyEpoch, ioPublicKey, worker }: VerifiedKey,
  calldata: Uint8Array,
): PreparedTask<Result> {
  const bound = {
    contract: fromHex(terms.contract, 20),
    sender: fromHex(terms.sender, 20),
    codeHash: fromHex(terms.codeHash, 32),
  }
  const sealed = sealInput({ chainId, enigma, keyEpoch, ...bound }, ioPublicKey, calldata)
  return Object.freeze({
    deployment: undefined,
    ...terms,
    keyEpoch,
    envelope: sealed.envelope,
    inputsHash: toHex(sealed.inputsHash),
    key: sealed.key,
    worker,
    calldata: SecretKey.take(calldata),
  })
}

/** The same task sealed anew with a newer key. @throws CLIENT_KEY_EPOCH_PASSED when its calldata is not here */
export function resealTask<Result>(client: Client, task: PreparedTask<Result>, key: VerifiedKey): PreparedTask<Result> {
  if (task.calldata === undefined)
    throw clientErrors.make("KEY_EPOCH_PASSED", { keyEpoch: task.keyEpoch, inForce: key.epoch })
  return task.calldata.expose((calldata) => sealTask<Result>(client, task, key, Uint8Array.from(calldata)))
}

/** @throws CLIENT_PRICE_TOO_HIGH, CLIENT_BAD_OPTION */
export async function priceOf(client: Client, parameters: PriceParameters): Promise<TaskPrice> {
  const enigma = await parametersOf(client)
  const callbackGas = parameters.callbackGas ?? 0n
  const minCallbackPrice = callbackGas > 0n ? enigma.minCallbackPriceGrains : 0n
  const price: TaskPrice = Object.freeze({
    gasLimit: parameters.gasLimit ?? DEFAULT_GAS_LIMIT,
    gasPriceGrains: parameters.gasPriceGrains ?? enigma.minGasPriceGrains,
    callbackGas,
    callbackPriceGrains: parameters.callbackPriceGrains ?? minCallbackPrice,
  })
  for (const [what, value] of Object.entries(price))
    if (typeof value !== "bigint" || value < 0n)
      throw clientErrors.make("BAD_OPTION", { what, why: "it must be a bigint from 0" })
  const got = enigma.baseFeeGrains + gasLockGrains(price)
  if (got > MAX_LOCK_GRAINS) throw clientErrors.make("PRICE_TOO_HIGH", { got, max: MAX_LOCK_GRAINS })
  return price
}

/**
 * Keccak-256 of a contract's WASM code, as Enigma announced it when it recorded the deployment; the address commits to it
 * (PROTOCOL §2.4). RPC: `eth_getLogs`, once a contract. @throws CLIENT_UNKNOWN_CONTRACT
 */
async function codeHashOf(client: Client, contract: Hex, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const known = client.memory.codeHashes.get(contract)
  if (known !== undefined) return known
  const address = fromHex(contract, 20)
  const { number } = await latestBlock(client.rpc, signal)
  const [found, { accountImplementation }] = await Promise.all([
    deploymentOf(client, address, number, signal),
    parametersOf(client),
  ])
  const { enigma } = client
  if (found === undefined || !equalBytes(contractAddress({ ...found, enigma, accountImplementation }), address))
    throw clientErrors.make("UNKNOWN_CONTRACT", { contract })
  client.memory.codeHashes.set(contract, found.codeHash)
  return found.codeHash
}
