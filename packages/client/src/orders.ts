/** Relayed orders (PROTOCOL §2.6): a task that its sender signs and somebody else records. The sender needs no ETH. */
import { callView, enigmaInterface } from "@enigma-discovery/chain/follow"
import { EIP712_DOMAIN, type Hex, toHex } from "@enigma-discovery/protocol"
import type { Abi, FunctionName, FunctionResult } from "./abi.ts"
import { type Client, walletFor } from "./client.ts"
import { DEFAULT_ORDER_BLOCKS } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { waitForRecord } from "./find-record.ts"
import { readBlockNumber } from "./internal/chain.ts"
import { transact } from "./internal/send.ts"
import { prompting } from "./internal/wallet.ts"
import { type PrepareTaskParameters, prepareTask } from "./prepare-task.ts"
import { freshTask, type RecordOptions } from "./record-task.ts"
import { submitEnvelope } from "./submit-envelope.ts"
import type { PreparedTask, TaskPrice } from "./task.ts"
import { type TaskHandle, taskHandle } from "./task-handle.ts"

export interface OrderTerms {
  /** Grains from the signer's credit to the relayer's; 0 when left out. */
  readonly relayerFeeGrains?: bigint | undefined
  /** Blocks from now in which it may be recorded; 50 when left out. */
  readonly validForBlocks?: number | undefined
}

/** An order as Enigma takes it, with its signature. Holds no secret: it may go to any relayer. */
export interface SignedOrder extends TaskPrice {
  readonly secretContract: Hex
  readonly inputsHash: Hex
  readonly keyEpoch: number
  readonly nonce: bigint
  readonly expiryBlock: bigint
  readonly relayerFeeGrains: bigint
  readonly signer: Hex
  /** 65 bytes. */
  readonly signature: Hex
}

/** Field order and types are the EIP-712 type's. */
const ORDER_FIELDS = [
  { name: "secretContract", type: "address" },
  { name: "inputsHash", type: "bytes32" },
  { name: "gasLimit", type: "uint64" },
  { name: "gasPriceGrains", type: "uint64" },
  { name: "callbackGas", type: "uint64" },
  { name: "callbackPriceGrains", type: "uint64" },
  { name: "keyEpoch", type: "uint32" },
  { name: "nonce", type: "uint256" },
  { name: "expiryBlock", type: "uint64" },
  { name: "relayerFeeGrains", type: "uint64" },
] as const

/**
 * Signs a prepared task as an order: one signature, no transaction. Seals it anew first if the epoch has changed; the task that the
 * order is for comes back with it. RPC: `eth_call` (orderNonces), `eth_blockNumber`, `eth_signTypedData_v4`.
 * @throws CLIENT_ORDER_NONCES_USED_UP, CLIENT_USER_REJECTED, CLIENT_BAD_OPTION for a deployment
 */
export async function signOrder<Result>(
  client: Client,
  task: PreparedTask<Result>,
  {
    relayerFeeGrains = 0n,
    validForBlocks = DEFAULT_ORDER_BLOCKS,
    signal,
  }: OrderTerms & Pick<RecordOptions, "signal"> = {},
): Promise<{ readonly task: PreparedTask<Result>; readonly order: SignedOrder }> {
  if (task.deployment !== undefined)
    throw clientErrors.make("BAD_OPTION", { what: "task", why: "a deployment can't be relayed" })
  const fresh = await freshTask(client, task, { signal })
  const { contract: secretContract, inputsHash, keyEpoch, price, sender } = fresh
  const [nonce, head] = await Promise.all([freeNonce(client, sender, signal), readBlockNumber(client.rpc, signal)])
  const expiryBlock = BigInt(head + validForBlocks)
  const value = { secretContract, inputsHash, ...price, keyEpoch, nonce, expiryBlock, relayerFeeGrains }
  const { chainId, enigmaAddress: verifyingContract } = client
  const domain = { ...EIP712_DOMAIN, chainId, verifyingContract }
  const signature = await prompting("sign the order", () =>
    walletFor(client, "signOrder").signTypedData({ domain, types: { Order: ORDER_FIELDS }, value }),
  )
  return { task: fresh, order: Object.freeze({ ...value, signer: sender, signature: toHex(signature) }) }
}

/**
 * The lowest nonce of the signer's window that is neither used nor given out by this client before.
 * @throws CLIENT_ORDER_NONCES_USED_UP when 64 orders are under way
 */
async function freeNonce(client: Client, signer: Hex, signal: AbortSignal | undefined): Promise<bigint> {
  const asked = [client.rpc, client.enigma, enigmaInterface, "orderNonces", [signer], "latest", signal] as const
  const [base, used] = (await callView(...asked)).map((value) => BigInt(value as bigint)) as [bigint, bigint]
  const { orderNonces } = client.memory
  for (let i = 0n; i < 64n; i++) {
    const key = `${signer} ${base + i}`
    if (((used >> i) & 1n) === 1n || orderNonces.has(key)) continue
    orderNonces.add(key)
    return base + i
  }
  throw clientErrors.make("ORDER_NONCES_USED_UP", { signer })
}

/**
 * Records somebody's order, as a relayer: the fee goes to the credit of this client's account. Returns when it is mined.
 * @throws CLIENT_RECORD_REVERTED (OrderExpired, OrderNonceUnusable, OrderSignatureInvalid, OrderKeyEpochStale), CLIENT_CREDIT_TOO_LOW
 */
export async function recordOrder(
  client: Client,
  { signer, signature, ...order }: SignedOrder,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<{ readonly transactionHash: Hex; readonly gasUsed: bigint }> {
  const data = enigmaInterface.encodeFunctionData("recordOrder", [order, signer, signature]) as Hex
  const { hash, gasUsed } = await transact(client, { what: "record the order", to: client.enigmaAddress, data, signal })
  return { transactionHash: toHex(hash), gasUsed }
}

/** Makes orders unusable that were signed and not yet recorded. @throws CLIENT_RECORD_REVERTED for a nonce outside the window */
export async function cancelOrders(
  client: Client,
  { nonces, signal }: { readonly nonces: readonly bigint[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const data = enigmaInterface.encodeFunctionData("cancelOrders", [nonces]) as Hex
  await transact(client, { what: "cancel orders", to: client.enigmaAddress, data, signal })
}

export interface RelayedCall extends OrderTerms, Pick<RecordOptions, "signal" | "timeoutMs"> {
  /** Hands the order to a relayer. Its failure ends the call; nothing is recorded then. */
  readonly relay: (order: SignedOrder) => Promise<unknown>
}

/**
 * As `callContract`, but the record is a relayer's: one signature, no transaction, no ETH. Resolves when the relayer's record is mined.
 * @throws as `prepareTask`, `submitEnvelope` and `signOrder`, what `relay` throws, CLIENT_TIMED_OUT
 */
export async function callRelayed<const A extends Abi, F extends FunctionName<A>>(
  client: Client,
  parameters: PrepareTaskParameters<A, F> & RelayedCall,
): Promise<TaskHandle<FunctionResult<A, F>>> {
  const { signal, timeoutMs, relay } = parameters
  const prepared = await prepareTask(client, parameters)
  await submitEnvelope(client, prepared, { signal })
  const fromBlock = await readBlockNumber(client.rpc, signal)
  const { task, order } = await signOrder(client, prepared, parameters)
  await relay(order)
  const wait = timeoutMs === undefined ? { fromBlock, signal } : { fromBlock, signal, timeoutMs }
  return taskHandle(client, await waitForRecord(client, task, wait))
}
