/**
 * A recorded task as text, to be opened after a page reload or on another machine. THE TEXT HOLDS THE TASK'S EPHEMERAL SECRET: whoever
 * has it can read this task's inputs and output. Where it is kept, and for how long, is the caller's choice.
 */
import { nobleCrypto, SecretKey } from "@enigma-discovery/crypto"
import {
  address,
  type Decoded,
  decode,
  encode,
  equalBytes,
  fromHex,
  hash,
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
import type { RecordedTask } from "./task.ts"
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
    try {
      return PREFIX + toHex(encoded).slice(2)
    } finally {
      encoded.fill(0)
    }
  })
}

/**
 * The handle of an exported task. Asks nothing; a record that a re-org moved meanwhile is found again by its inputs hash.
 * @throws CLIENT_EXPORT_INVALID for text of another form, version, chain or Enigma
 */
export function importTask<Result = unknown>(client: Client, exported: string): TaskHandle<Result> {
  return taskHandle(client, recordedOf<Result>(client, parse(exported)))
}

type Exported = Decoded<typeof ExportCodec>
const invalid = (why: string) => clientErrors.make("EXPORT_INVALID", { why })

function parse(exported: string): Exported {
  if (typeof exported !== "string" || !exported.startsWith(PREFIX)) throw invalid(`it does not start with ${PREFIX}`)
  if (exported.length > PREFIX.length + 2 * MAX_EXPORT_BYTES) throw invalid("it is too long")
  try {
    return decode(ExportCodec, fromHex(`0x${exported.slice(PREFIX.length)}`), MAX_EXPORT_BYTES)
  } catch {
    throw invalid("it is damaged") // no cause: it could quote the secret
  }
}

function recordedOf<Result>(client: Client, e: Exported): RecordedTask<Result> {
  if (e.chainId !== client.chainId || !equalBytes(e.enigma, client.enigma))
    throw invalid("it is of another chain or Enigma")
  const secretKey = SecretKey.take(e.ephemeralSecret)
  const { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains, sender, inputsHash } = e.record
  checkSignature(e.signature)
  return Object.freeze({
    task: Object.freeze({
      contract: toHex(e.contract),
      sender: toHex(sender),
      codeHash: toHex(e.codeHash),
      deployment: e.userSalt === undefined ? undefined : { userSalt: toHex(e.userSalt) },
      signature: e.signature,
      price: Object.freeze({ gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains }),
      keyEpoch: e.keyEpoch,
      envelope: new Uint8Array(),
      inputsHash: toHex(inputsHash),
      key: { ephemeral: { secretKey, publicKey: nobleCrypto.x25519PublicKey(secretKey) }, ioPublicKey: e.ioPublicKey },
      worker: undefined,
      calldata: undefined,
    }),
    index: e.index,
    taskId: toHex(e.taskId),
    record: e.record,
    lockedGrains: e.lockedGrains,
    blockNumber: Number(e.blockNumber),
    blockHash: toHex(e.blockHash),
    transactionHash: toHex(e.transactionHash),
  })
}

/** A signature that does not parse would only fail when the answer comes. */
function checkSignature(signature: string): void {
  try {
    decodeResult(signature, new Uint8Array())
  } catch (error) {
    if (!clientErrors.is(error, "BAD_RESULT")) throw invalid("its function does not parse")
  }
}
