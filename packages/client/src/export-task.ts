/**
 * A recorded task as text, to be opened after a page reload or on another machine. THE TEXT HOLDS THE TASK'S EPHEMERAL SECRET: whoever
 * has it can read this task's inputs and output. Where it is kept, and for how long, is the caller's choice.
 */
import { keccak256, presentCrypto, SecretKey } from "@enigma-discovery/crypto"
import {
  address,
  bytes,
  type Codec,
  type Decoded,
  decode,
  encode,
  equalBytes,
  fromHex,
  hash,
  MAX_ENVELOPE_BYTES,
  option,
  struct,
  TaskRecordCodec,
  text,
  toHex,
  u32,
  u64,
  version,
} from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { MAX_EXPORT_BYTES } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { decodeResult } from "./functions.ts"
import type { PreparedTask, RecordedTask, TaskPrice } from "./task.ts"
import { type TaskHandle, taskHandle } from "./task-handle.ts"

const PREFIX = "enigma-task-1:"

/** Everything but the envelope and the calldata, which the record has made useless. */
const ExportCodec = struct("exported task", {
  version: version("exported task", 1),
  chainId: u64,
  enigma: address,
  contract: address,
  codeHash: hash,
  userSalt: option(hash),
  signature: text(2_048, "signature"),
  keyEpoch: u32,
  ioPublicKey: hash,
  ephemeralSecret: hash,
  index: u32,
  taskId: hash,
  record: TaskRecordCodec,
  lockedGrains: u64,
  blockNumber: u64,
  blockHash: hash,
  transactionHash: hash,
})

/** @throws CLIENT_SECRET_FORGOTTEN after `forget()` */
export function exportTask(client: Client, handle: Pick<TaskHandle, "recorded">): string {
  const { recorded } = handle
  const { task } = recorded
  const { secretKey } = task.key.ephemeral
  if (secretKey.wiped) throw clientErrors.make("SECRET_FORGOTTEN")
  return secretKey.expose((ephemeralSecret) => {
    const encoded = encode(ExportCodec, {
      version: 1,
      chainId: client.chainId,
      enigma: client.enigma,
      contract: fromHex(task.contract, 20),
      codeHash: fromHex(task.codeHash, 32),
      userSalt: task.deployment === undefined ? undefined : fromHex(task.deployment.userSalt, 32),
      signature: task.signature,
      keyEpoch: task.keyEpoch,
      ioPublicKey: task.key.ioPublicKey,
      ephemeralSecret,
      index: recorded.index,
      taskId: fromHex(recorded.taskId, 32),
      record: recorded.record,
      lockedGrains: recorded.lockedGrains,
      blockNumber: BigInt(recorded.blockNumber),
      blockHash: fromHex(recorded.blockHash, 32),
      transactionHash: fromHex(recorded.transactionHash, 32),
    })
    return asText(PREFIX, encoded)
  })
}

/**
 * The handle of an exported task. Asks nothing; a record that a re-org moved meanwhile is found again by its inputs hash.
 * @throws CLIENT_EXPORT_INVALID for text of another form, version, chain or Enigma
 */
export function importTask<Result = unknown>(client: Client, exported: string): TaskHandle<Result> {
  return taskHandle(client, recordedOf<Result>(client, parse(PREFIX, ExportCodec, MAX_EXPORT_BYTES, exported)))
}

type Exported = Decoded<typeof ExportCodec>
const invalid = (why: string) => clientErrors.make("EXPORT_INVALID", { why })

function parse<T>(prefix: string, codec: Codec<T>, maxBytes: number, exported: string): T {
  if (typeof exported !== "string" || !exported.startsWith(prefix)) throw invalid(`it does not start with ${prefix}`)
  if (exported.length > prefix.length + 2 * maxBytes) throw invalid("it is too long")
  try {
    return decode(codec, fromHex(`0x${exported.slice(prefix.length)}`), maxBytes)
  } catch {
    throw invalid("it is damaged") // no cause: it could quote the secret
  }
}

function checkNetworkOf({ chainId, enigma }: Client, e: Pick<Exported, "chainId" | "enigma">): void {
  if (e.chainId !== chainId || !equalBytes(e.enigma, enigma)) throw invalid("it is of another chain or Enigma")
}

function recordedOf<Result>(client: Client, e: Exported): RecordedTask<Result> {
  checkNetworkOf(client, e)
  const { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains, sender, inputsHash } = e.record
  const price = { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains }
  return Object.freeze({
    task: Object.freeze({ ...taskOf(e, sender, price), envelope: new Uint8Array(), inputsHash: toHex(inputsHash) }),
    index: e.index,
    taskId: toHex(e.taskId),
    record: e.record,
    lockedGrains: e.lockedGrains,
    blockNumber: Number(e.blockNumber),
    blockHash: toHex(e.blockHash),
    transactionHash: toHex(e.transactionHash),
  })
}

const PREPARED_PREFIX = "enigma-prepared-1:"
const MAX_PREPARED_BYTES = MAX_EXPORT_BYTES + MAX_ENVELOPE_BYTES

/** With its envelope, which may have to be given to gateways again. */
const PreparedCodec = struct("exported prepared task", {
  version: version("exported prepared task", 1),
  chainId: u64,
  enigma: address,
  contract: address,
  sender: address,
  codeHash: hash,
  userSalt: option(hash),
  signature: text(2_048, "signature"),
  gasLimit: u64,
  gasPriceGrains: u64,
  callbackGas: u64,
  callbackPriceGrains: u64,
  keyEpoch: u32,
  ioPublicKey: hash,
  ephemeralSecret: hash,
  envelope: bytes(MAX_ENVELOPE_BYTES, "envelope"),
})

/**
 * A task that is not known to be recorded yet, as text; see `RecordOptions.beforeSend`. It holds the ephemeral secret, as `exportTask`'s
 * does. @throws CLIENT_SECRET_FORGOTTEN
 */
export function exportPrepared({ chainId, enigma }: Client, task: PreparedTask): string {
  const { secretKey } = task.key.ephemeral
  if (secretKey.wiped) throw clientErrors.make("SECRET_FORGOTTEN")
  const { contract, sender, codeHash, deployment, signature, price, keyEpoch, envelope } = task
  const addresses = { contract: fromHex(contract, 20), sender: fromHex(sender, 20) }
  const hashes = { codeHash: fromHex(codeHash, 32), userSalt: deployment && fromHex(deployment.userSalt, 32) }
  return secretKey.expose((ephemeralSecret) => {
    const keys = { keyEpoch, ioPublicKey: task.key.ioPublicKey, ephemeralSecret, envelope }
    const all = { version: 1, chainId, enigma, ...addresses, ...hashes, signature, ...price, ...keys }
    return asText(PREPARED_PREFIX, encode(PreparedCodec, all))
  })
}

/**
 * The prepared task of a text. Where it was recorded, `findRecord` tells; where not, it can be recorded while its key's epoch is good.
 * @throws CLIENT_EXPORT_INVALID for text of another form, version, chain or Enigma
 */
export function importPrepared<Result = unknown>(client: Client, exported: string): PreparedTask<Result> {
  const p = parse(PREPARED_PREFIX, PreparedCodec, MAX_PREPARED_BYTES, exported)
  checkNetworkOf(client, p)
  const { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains } = p
  return Object.freeze({
    ...taskOf(p, p.sender, { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains }),
    envelope: p.envelope,
    inputsHash: toHex(keccak256(p.envelope)),
  })
}

type Common = Pick<
  Decoded<typeof PreparedCodec>,
  "contract" | "codeHash" | "userSalt" | "signature" | "keyEpoch" | "ioPublicKey" | "ephemeralSecret"
>

function taskOf(e: Common, sender: Uint8Array, price: TaskPrice) {
  checkSignature(e.signature)
  const secretKey = SecretKey.take(e.ephemeralSecret)
  return {
    contract: toHex(e.contract),
    sender: toHex(sender),
    codeHash: toHex(e.codeHash),
    deployment: e.userSalt === undefined ? undefined : { userSalt: toHex(e.userSalt) },
    signature: e.signature,
    price: Object.freeze(price),
    keyEpoch: e.keyEpoch,
    key: { ephemeral: { secretKey, publicKey: presentCrypto.x25519PublicKey(secretKey) }, ioPublicKey: e.ioPublicKey },
    worker: undefined,
    calldata: undefined,
  }
}

function asText(prefix: string, encoded: Uint8Array): string {
  try {
    return prefix + toHex(encoded).slice(2)
  } finally {
    encoded.fill(0)
  }
}

/** A signature that does not parse would only fail when the answer comes. */
function checkSignature(signature: string): void {
  try {
    decodeResult(signature, new Uint8Array())
  } catch (error) {
    if (!clientErrors.is(error, "BAD_RESULT")) throw invalid("its function does not parse")
  }
}
