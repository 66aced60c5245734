/** Permits to read (PROTOCOL §6.6): an account's word that whoever holds a key may ask a contract in its name. */
import { latestBlock } from "@enigma-discovery/chain/follow"
import { keccak256, presentCrypto, recoverAddress, type X25519KeyPair } from "@enigma-discovery/crypto"
import { EIP712_DOMAIN, fromHex, type Hex, type Permit, toHex } from "@enigma-discovery/protocol"
import { permitDigest } from "@enigma-discovery/verify"
import type { Abi, FunctionArgs, ViewName } from "./abi.ts"
import { type Client, walletFor } from "./client.ts"
import { MIN_PERMIT_REST_S, READ_PERMIT_LIFETIME_S } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { resolveView } from "./functions.ts"
import { unlessAborted } from "./internal/wait.ts"
import { prompting } from "./internal/wallet.ts"

/** A signed permit with the key that it names. Whoever has the secret half may read as the account, within the permit. */
export interface ReadPermit {
  readonly contract: Hex
  /** In whose name is read. */
  readonly account: Hex
  /** Selectors of the functions that may be called; none listed: every one. */
  readonly methods: readonly Hex[]
  /** Keccak-256 of the only arguments allowed; zero: any. */
  readonly argumentsHash: Hex
  /** Unix seconds, by the chain's time. */
  readonly expiryS: bigint
  /** 65 bytes. */
  readonly signature: Hex
  /** The secret half does not print; `forgetKeys` wipes those that were made for queries. */
  readonly reader: X25519KeyPair
}

export interface PermitScope<A extends Abi, F extends ViewName<A>> {
  /** The only functions that may be asked; every one when left out. */
  readonly fns?: readonly F[] | undefined
  /** The only arguments, with exactly one function; any when left out. */
  readonly args?: FunctionArgs<A, F> | undefined
  /** Seconds from the newest block; an hour when left out. */
  readonly validForS?: number | undefined
  readonly signal?: AbortSignal | undefined
}
export interface PermitParameters<A extends Abi, F extends ViewName<A>> extends PermitScope<A, F> {
  readonly contract: string
  readonly abi: A
}

/**
 * Signs a permit for a fresh key: one prompt, no transaction. Give it to `queryContract` for every query within it.
 * RPC: `eth_getBlockByNumber`, `eth_signTypedData_v4`.
 * @throws CLIENT_NO_SIGNER, CLIENT_USER_REJECTED, CLIENT_PERMIT_INVALID, CLIENT_NOT_A_VIEW, CLIENT_BAD_OPTION, CLIENT_BAD_ARGUMENTS
 */
export async function signPermit<const A extends Abi, F extends ViewName<A>>(
  client: Client,
  { contract, abi, fns = [], args, validForS = READ_PERMIT_LIFETIME_S, signal }: PermitParameters<A, F>,
): Promise<ReadPermit> {
  const address = fromHex(contract, 20, "contract")
  if (args !== undefined && fns.length !== 1)
    throw clientErrors.make("BAD_OPTION", { what: "args", why: "they go with exactly one function" })
  if (!Number.isSafeInteger(validForS) || validForS <= 0)
    throw clientErrors.make("BAD_OPTION", { what: "validForS", why: "it must be whole seconds above 0" })
  const views = fns.map((fn) => resolveView(abi, fn))
  const calldata = args === undefined ? undefined : views[0]!.encode(args as readonly unknown[])
  const scope = {
    methods: views.map(({ selector }) => selector),
    argumentsHash: calldata === undefined ? new Uint8Array(32) : keccak256(calldata.slice(4)),
  }
  return await sign(client, address, scope, validForS, signal)
}

/** Field order and types are the EIP-712 type's. */
const PERMIT_FIELDS = [
  { name: "secretContract", type: "address" },
  { name: "methods", type: "bytes4[]" },
  { name: "argumentsHash", type: "bytes32" },
  { name: "readerKey", type: "bytes32" },
  { name: "expiryS", type: "uint64" },
] as const

async function sign(
  client: Client,
  contract: Uint8Array,
  scope: Pick<Permit, "methods" | "argumentsHash">,
  validForS: number,
  signal: AbortSignal | undefined,
): Promise<ReadPermit> {
  const wallet = walletFor(client, "signPermit")
  const [account, block] = await Promise.all([wallet.address(), latestBlock(client.rpc, signal)])
  const reader = presentCrypto.x25519KeyPair()
  const expiryS = BigInt(block.timestampS + validForS)
  const permit: Permit = { contract, ...scope, readerKey: reader.publicKey, expiryS }
  const raw = await prompting("sign the permit to read", () =>
    wallet.signTypedData({
      domain: { ...EIP712_DOMAIN, chainId: client.chainId, verifyingContract: client.enigmaAddress },
      types: { Permit: PERMIT_FIELDS },
      value: {
        secretContract: toHex(contract),
        methods: permit.methods.map(toHex),
        argumentsHash: toHex(permit.argumentsHash),
        readerKey: toHex(permit.readerKey),
        expiryS,
      },
    }),
  )
  const signature = canonical(raw)
  checkSigner(client, permit, signature, account)
  return Object.freeze({
    contract: toHex(contract),
    account,
    methods: Object.freeze(permit.methods.map(toHex)),
    argumentsHash: toHex(permit.argumentsHash),
    expiryS,
    signature: toHex(signature),
    reader,
  })
}

/** Some wallets give v as 0 or 1; the protocol knows 27 and 28. */
function canonical(signature: Uint8Array): Uint8Array {
  const out = Uint8Array.from(signature)
  if (out[64]! < 2) out[64]! += 27
  return out
}

/** A contract wallet's signature is no account's, and the enclave could not check it. */
function checkSigner(client: Client, permit: Permit, signature: Uint8Array, account: Hex): void {
  try {
    if (toHex(recoverAddress(permitDigest(client, permit), signature)) === account) return
  } catch (cause) {
    throw clientErrors.make("PERMIT_INVALID", { account }, { cause })
  }
  throw clientErrors.make("PERMIT_INVALID", { account })
}

/** Whether a permit holds for this call of its contract for some time yet. */
export const covers = ({ methods, argumentsHash, expiryS }: ReadPermit, calldata: Uint8Array, nowS: bigint): boolean =>
  expiryS > nowS + MIN_PERMIT_REST_S &&
  (methods.length === 0 || methods.includes(toHex(calldata.slice(0, 4)))) &&
  (BigInt(argumentsHash) === 0n || argumentsHash === toHex(keccak256(calldata.slice(4))))

/**
 * The permit this client signed for a contract and account before, or a new one for every view of it: one prompt an hour. Queries
 * at the same time share the prompt. @throws as `signPermit`
 */
export async function permitFor(
  client: Client,
  contract: Uint8Array,
  calldata: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<ReadPermit> {
  const [account, block] = await Promise.all([
    walletFor(client, "queryContract").address(),
    latestBlock(client.rpc, signal),
  ])
  const { permits } = client.memory
  const key = `${account} ${toHex(contract)}`
  const before = permits.get(key)
  const mine = (async () => {
    const known = await before?.catch(() => undefined)
    if (known !== undefined && covers(known, calldata, BigInt(block.timestampS))) return known
    return await sign(client, contract, EVERY_VIEW, READ_PERMIT_LIFETIME_S, undefined)
  })()
  permits.set(key, mine)
  return await unlessAborted(mine, signal)
}
const EVERY_VIEW = { methods: [], argumentsHash: new Uint8Array(32) }

/** Wipes the keys that this client made by signatures, of permits and of stored inputs; what needs one asks the wallet again. */
export async function forgetKeys(client: Client): Promise<void> {
  const { permits, storageKeys } = client.memory
  const made = [
    ...[...permits.values()].map(async (signing) => (await signing).reader.secretKey),
    ...storageKeys.values(),
  ]
  permits.clear()
  storageKeys.clear()
  for (const key of made) (await key.catch(() => undefined))?.wipe()
}
