/** Inputs kept for later (PROTOCOL §6.7): sealed to the user now, to the contract's key of the time when they are used. */
import {
  deriveKey,
  deriveSealingKey,
  keccak256,
  presentCrypto,
  type SealParameters,
  type SecretKey,
} from "@enigma-discovery/crypto"
import {
  decode,
  EIP712_DOMAIN,
  encode,
  encodeSealedStored,
  fromHex,
  MAX_SEALED_STORED_BYTES,
  MAX_STORED_SIGNATURE_BYTES,
  pad,
  SealedStoredCodec,
  STORAGE_KEY_INFO,
  STORAGE_KEY_PURPOSE,
  type StoredBody,
  StoredBodyCodec,
  storedAadPreimage,
  storedInfo,
  unpad,
} from "@enigma-discovery/protocol"
import type { Abi, FunctionArgs, FunctionName } from "./abi.ts"
import { type Client, walletFor } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { resolveFunction } from "./functions.ts"
import { unlessAborted } from "./internal/wait.ts"
import { prompting } from "./internal/wallet.ts"
import { type PriceParameters, prepareCall } from "./prepare-task.ts"
import { MAX_INPUT_BYTES } from "./seal.ts"
import type { PreparedTask } from "./task.ts"

export interface StorageKeyParameters {
  /** 32 bytes of the caller's own; left out: the key that the account's wallet derives (`storageKey`). */
  readonly key?: SecretKey | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The account's storage key: the same on every device, by one signature of the wallet, asked once a client. Wallets that don't
 * sign deterministically (some contract and multi-party wallets) give another one each time: keep a key of your own for those.
 * RPC: `eth_signTypedData_v4`. @throws CLIENT_NO_SIGNER, CLIENT_USER_REJECTED
 */
export async function storageKey(client: Client, { signal }: { signal?: AbortSignal } = {}): Promise<SecretKey> {
  const account = await walletFor(client, "storageKey").address()
  const { storageKeys } = client.memory
  const known = storageKeys.get(account) ?? derive(client, account)
  storageKeys.set(account, known)
  known.catch(() => storageKeys.delete(account))
  return await unlessAborted(known, signal)
}

const KEY_FIELDS = [
  { name: "account", type: "address" },
  { name: "purpose", type: "string" },
] as const

async function derive(client: Client, account: `0x${string}`): Promise<SecretKey> {
  const signature = await prompting("sign for the key of stored inputs", () =>
    walletFor(client, "storageKey").signTypedData({
      domain: { ...EIP712_DOMAIN, chainId: client.chainId, verifyingContract: client.enigmaAddress },
      types: { StorageKey: KEY_FIELDS },
      value: { account, purpose: STORAGE_KEY_PURPOSE },
    }),
  )
  const inputKey = signature.subarray(0, 64)
  try {
    return deriveKey(presentCrypto, { inputKey, salt: fromHex(account, 20), info: STORAGE_KEY_INFO })
  } finally {
    signature.fill(0)
  }
}

export interface StoreParameters<A extends Abi, F extends FunctionName<A>> extends StorageKeyParameters {
  readonly contract: string
  readonly abi: A
  readonly fn: F
  readonly args: FunctionArgs<A, F>
}

/**
 * Seals a call to be made later, in whatever epoch: a contract's own key changes with each epoch, so this is sealed to the user.
 * The bytes may be kept anywhere; they tell a size class, and neither contract nor account. `prepareStored` makes a task of them.
 * @throws CLIENT_UNKNOWN_FUNCTION, CLIENT_BAD_ARGUMENTS, CLIENT_INPUT_TOO_LARGE and those of `storageKey`
 */
export async function sealForStorage<const A extends Abi, F extends FunctionName<A>>(
  client: Client,
  { contract, abi, fn, args, ...how }: StoreParameters<A, F>,
): Promise<Uint8Array> {
  const address = fromHex(contract, 20, "contract")
  const { signature, encode: encodeCall } = resolveFunction(abi, fn)
  const calldata = encodeCall(args as readonly unknown[])
  const max = MAX_INPUT_BYTES - MAX_STORED_SIGNATURE_BYTES - 8
  if (calldata.length > max) throw clientErrors.make("INPUT_TOO_LARGE", { got: calldata.length, max })
  const salt = presentCrypto.randomBytes(32)
  const padded = pad(encode(StoredBodyCodec, { signature, calldata }), "stored inputs")
  const ciphertext = await withStorageKey(client, address, salt, how, (sealing) =>
    presentCrypto.aes256GcmSeal(sealing, padded),
  )
  padded.fill(0)
  calldata.fill(0)
  return encodeSealedStored(salt, ciphertext)
}

export interface PrepareStoredParameters extends StorageKeyParameters, PriceParameters {
  readonly contract: string
  /** What `sealForStorage` returned. */
  readonly stored: Uint8Array
}

/**
 * Opens stored inputs and seals them to the contract's key of now: a task as `prepareTask` gives it.
 * @throws CLIENT_STORED_INVALID for another account, contract, network or key, and those of `prepareTask`
 */
export async function prepareStored<Result = unknown>(
  client: Client,
  { contract, stored, key, ...parameters }: PrepareStoredParameters,
): Promise<PreparedTask<Result>> {
  const address = fromHex(contract, 20, "contract")
  const { signature, calldata } = await openStored(client, address, stored, { key, signal: parameters.signal })
  return await prepareCall<Result>(client, { ...parameters, contract: address, signature, calldata })
}

async function openStored(
  client: Client,
  contract: Uint8Array,
  stored: Uint8Array,
  how: StorageKeyParameters,
): Promise<StoredBody> {
  const bad = (why: string, cause: unknown) => clientErrors.make("STORED_INVALID", { why }, { cause })
  let parsed: { readonly salt: Uint8Array; readonly ciphertext: Uint8Array }
  try {
    parsed = decode(SealedStoredCodec, stored, MAX_SEALED_STORED_BYTES)
  } catch (cause) {
    throw bad("these bytes are none", cause)
  }
  return await withStorageKey(client, contract, parsed.salt, how, (opening) => {
    try {
      const plain = presentCrypto.aes256GcmOpen(opening, parsed.ciphertext)
      return decode(StoredBodyCodec, unpad(plain, "stored inputs"), plain.length)
    } catch (cause) {
      throw bad("they are of another account, contract or network, or sealed with another key", cause)
    }
  })
}

async function withStorageKey<T>(
  client: Client,
  contract: Uint8Array,
  salt: Uint8Array,
  { key, signal }: StorageKeyParameters,
  use: (sealing: SealParameters) => T,
): Promise<T> {
  const account = fromHex(await walletFor(client, "Storing inputs").address(), 20)
  const inputKey = key ?? (await storageKey(client, signal === undefined ? {} : { signal }))
  const associatedData = keccak256(storedAadPreimage(client.chainId, client.enigma, contract, account))
  const sealing = deriveSealingKey(presentCrypto, { inputKey, salt, info: storedInfo(associatedData) })
  try {
    return use({ ...sealing, associatedData })
  } finally {
    sealing.key.wipe()
  }
}
