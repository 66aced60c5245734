import {
  ABSENT,
  bigintToBytes,
  compareBytes,
  type HostFunctionName,
  hostFunction,
  MAX_AAD_BYTES,
  MAX_CALLBACK_DATA_BYTES,
  MAX_CALLBACKS,
  MAX_CRYPTO_BYTES,
  MAX_DEBUG_BYTES,
  MAX_DEBUG_LINES,
  MAX_ERROR_TEXT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENTS,
  MAX_EVENTS_TOTAL_BYTES,
  MAX_KEY_BYTES,
  MAX_RANDOM_BYTES,
  MAX_RETURN_BYTES,
  MAX_VALUE_BYTES,
  SEAL_OVERHEAD_BYTES,
} from "@enigma-discovery/protocol"
import { CallEnded, guestText, misuse, type RunState } from "./run-state.ts"

type Import = (...args: number[]) => number | bigint | undefined
/** `pay(bytes)` charges the row's base and its price for the counted bytes; `more(bytes)` the latter alone. */
type Row = { readonly pay: (bytes: number) => void; readonly more: (bytes: number) => void }
type Implementation = (run: RunState, row: Row) => Import

const NONCE_BYTES = 12
/** Half of secp256k1's group order: the largest s that is not high (EIP-2). */
const HALF_ORDER = bigintToBytes(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n, 32)
const flag = (yes: boolean): number => (yes ? 1 : 0)

/** Hands bytes of unknown size to the guest: written when they fit, their size answered in any case. */
function answer(run: RunState, row: Row, bytes: Uint8Array | undefined, out: number, capacity: number): number {
  if (bytes === undefined) return ABSENT
  if (bytes.length > capacity >>> 0) return bytes.length
  row.more(bytes.length)
  run.write(out, bytes, "out")
  return bytes.length
}

const fixedAnswer =
  (bytesOf: (run: RunState) => Uint8Array): Implementation =>
  (run, row) =>
  (out) => {
    row.pay(0)
    run.write(out!, bytesOf(run), "out")
    return undefined
  }

const write =
  (isPublic: boolean): Implementation =>
  (run, row) =>
  (key, keySize, value, valueSize) => {
    const keyBytes = run.size(keySize!, MAX_KEY_BYTES, "a key", 1)
    const valueBytes = run.size(valueSize!, MAX_VALUE_BYTES, "a value")
    row.pay(keyBytes + valueBytes)
    run.state.set(run.read(key!, keyBytes, "key"), run.read(value!, valueBytes, "value"), isPublic)
    return undefined
  }

const hash =
  (digest: (run: RunState, data: Uint8Array) => Uint8Array): Implementation =>
  (run, row) =>
  (data, size, out) => {
    const bytes = run.size(size!, MAX_CRYPTO_BYTES, "a hash's input")
    row.pay(bytes)
    run.write(out!, digest(run, run.read(data!, bytes, "data")), "out")
    return undefined
  }

/** r | s of a signature, unless s is high. */
function lowSignature(signature: Uint8Array): Uint8Array | undefined {
  const s = signature.subarray(32, 64)
  return compareBytes(s, HALF_ORDER) > 0 ? undefined : signature.slice(0, 64)
}

/** One implementation a row of the host ABI; the table says what each must do. */
const IMPLEMENTATIONS: Readonly<Record<HostFunctionName, Implementation>> = {
  calldata_size: (run, row) => () => {
    row.pay(0)
    return run.context.calldata.length
  },
  calldata_read: (run, row) => (out, offset, size) => {
    const { calldata } = run.context
    const bytes = run.size(size!, calldata.length, "a read of calldata")
    const from = offset! >>> 0
    if (from + bytes > calldata.length) throw misuse("calldata ends before the bytes that are read")
    row.pay(bytes)
    run.write(out!, calldata.subarray(from, from + bytes), "out")
    return undefined
  },
  return_data: (run, row) => (data, size) => {
    const bytes = run.size(size!, MAX_RETURN_BYTES, "return data")
    row.pay(bytes)
    run.returnData = run.read(data!, bytes, "data")
    return undefined
  },
  revert: (run, row) => (message, size) => {
    const bytes = run.size(size!, MAX_ERROR_TEXT_BYTES, "a message")
    row.pay(bytes)
    throw new CallEnded({
      end: "revert",
      message: guestText(run.read(message!, bytes, "message"), MAX_ERROR_TEXT_BYTES),
    })
  },
  sender: fixedAnswer((run) => run.context.sender),
  contract_address: fixedAnswer((run) => run.context.contract),
  task_id: fixedAnswer((run) => run.context.taskId),
  block_number: (run, row) => () => {
    row.pay(0)
    return run.context.blockNumber
  },
  block_timestamp: (run, row) => () => {
    row.pay(0)
    return run.context.timestamp
  },
  value_token: fixedAnswer((run) => run.context.token),
  value_amount: fixedAnswer((run) => bigintToBytes(run.context.amount, 32)),
  state_read: (run, row) => (key, keySize, out, capacity) => {
    const keyBytes = run.size(keySize!, MAX_KEY_BYTES, "a key", 1)
    row.pay(keyBytes)
    return answer(run, row, run.state.get(run.read(key!, keyBytes, "key")), out!, capacity!)
  },
  state_write: write(false),
  state_write_public: write(true),
  state_remove: (run, row) => (key, keySize) => {
    const keyBytes = run.size(keySize!, MAX_KEY_BYTES, "a key", 1)
    row.pay(keyBytes)
    run.state.remove(run.read(key!, keyBytes, "key"))
    return undefined
  },
  state_next: (run, row) => (prefix, prefixSize, after, afterSize, out, capacity) => {
    const prefixBytes = run.size(prefixSize!, MAX_KEY_BYTES, "a prefix")
    const afterBytes = run.size(afterSize!, MAX_KEY_BYTES, "a key")
    row.pay(prefixBytes + afterBytes)
    const from = afterBytes === 0 ? undefined : run.read(after!, afterBytes, "after")
    return answer(run, row, run.state.next(run.read(prefix!, prefixBytes, "prefix"), from)?.key, out!, capacity!)
  },
  random: (run, row) => (out, size) => {
    const bytes = run.size(size!, MAX_RANDOM_BYTES, "random bytes")
    row.pay(bytes)
    run.write(out!, run.crypto.random(bytes), "out")
    return undefined
  },
  keccak256: hash((run, data) => run.crypto.keccak256(data)),
  sha256: hash((run, data) => run.crypto.sha256(data)),
  secp256k1_recover: (run, row) => (digest, signature, out) => {
    row.pay(0)
    const given = run.read(signature!, 65, "signature")
    const hashed = run.read(digest!, 32, "hash")
    const recovery = given[64]! >= 27 ? given[64]! - 27 : given[64]!
    const low = lowSignature(given)
    if (recovery > 1 || low === undefined) return 0
    const signer = run.crypto.recoverSecp256k1(hashed, low, recovery)
    if (signer === undefined) return 0
    run.write(out!, signer, "out")
    return 1
  },
  secp256k1_verify: (run, row) => (digest, signature, key, keySize) => {
    const keyBytes = run.size(keySize!, 65, "a public key")
    if (keyBytes !== 33 && keyBytes !== 65) throw misuse("a secp256k1 public key is 33 or 65 bytes")
    row.pay(0)
    const low = lowSignature(run.read(signature!, 64, "signature"))
    const hashed = run.read(digest!, 32, "hash")
    const publicKey = run.read(key!, keyBytes, "public key")
    return flag(low !== undefined && run.crypto.verifySecp256k1(hashed, low, publicKey))
  },
  ed25519_verify: (run, row) => (message, size, signature, key) => {
    const bytes = run.size(size!, MAX_CRYPTO_BYTES, "a message")
    row.pay(bytes)
    return flag(
      run.crypto.verifyEd25519(
        run.read(message!, bytes, "message"),
        run.read(signature!, 64, "signature"),
        run.read(key!, 32, "public key"),
      ),
    )
  },
  encrypt: (run, row) => (key, aad, aadSize, plaintext, size, out) => {
    const aadBytes = run.size(aadSize!, MAX_AAD_BYTES, "additional data")
    const bytes = run.size(size!, MAX_CRYPTO_BYTES, "a plaintext")
    row.pay(aadBytes + bytes)
    const secret = run.read(key!, 32, "key")
    const bound = run.read(aad!, aadBytes, "additional data")
    const clear = run.read(plaintext!, bytes, "plaintext")
    const nonce = run.crypto.random(NONCE_BYTES)
    const box = new Uint8Array(bytes + SEAL_OVERHEAD_BYTES)
    box.set(nonce)
    box.set(run.crypto.aesGcmSeal(secret, nonce, bound, clear), NONCE_BYTES)
    run.write(out!, box, "out")
    secret.fill(0)
    clear.fill(0)
    return undefined
  },
  decrypt: (run, row) => (key, aad, aadSize, box, size, out) => {
    const aadBytes = run.size(aadSize!, MAX_AAD_BYTES, "additional data")
    const bytes = run.size(size!, MAX_CRYPTO_BYTES + SEAL_OVERHEAD_BYTES, "a box")
    row.pay(aadBytes + bytes)
    const secret = run.read(key!, 32, "key")
    const bound = run.read(aad!, aadBytes, "additional data")
    const sealed = run.read(box!, bytes, "box")
    if (bytes < SEAL_OVERHEAD_BYTES) return ABSENT
    const clear = run.crypto.aesGcmOpen(secret, sealed.subarray(0, NONCE_BYTES), bound, sealed.subarray(NONCE_BYTES))
    secret.fill(0)
    if (clear === undefined) return ABSENT
    run.write(out!, clear, "out")
    return clear.length
  },
  ethereum_call: (run, row) => (target, data, size) => {
    const bytes = run.size(size!, MAX_CALLBACK_DATA_BYTES, "a callback's data")
    row.pay(bytes)
    if (run.callbacks.length >= MAX_CALLBACKS) throw misuse(`a task makes at most ${MAX_CALLBACKS} callbacks`)
    run.callbacks.push({ target: run.read(target!, 20, "target"), data: run.read(data!, bytes, "data") })
    return undefined
  },
  emit_event: (run, row) => (data, size) => {
    const bytes = run.size(size!, MAX_EVENT_BYTES, "an event")
    row.pay(bytes)
    run.eventBytes += bytes
    if (run.events.length >= MAX_EVENTS || run.eventBytes > MAX_EVENTS_TOTAL_BYTES)
      throw misuse(`a task emits at most ${MAX_EVENTS} events of together ${MAX_EVENTS_TOTAL_BYTES} bytes`)
    run.events.push(run.read(data!, bytes, "data"))
    return undefined
  },
  debug_print: (run, row) => (text, size) => {
    const bytes = run.size(size!, MAX_DEBUG_BYTES, "a debug line")
    row.pay(bytes)
    const line = run.read(text!, bytes, "text")
    if (run.debug.length < MAX_DEBUG_LINES) run.debug.push(guestText(line, MAX_DEBUG_BYTES))
    return undefined
  },
}

/** The import `env.name` for one call. @throws CallEnded when called, to end the call */
export function hostImport(run: RunState, name: HostFunctionName): Import {
  const { price, inQuery } = hostFunction(name)
  if (run.context.kind === "query" && inQuery === "trap") {
    return () => {
      throw misuse(`${name} is not there in a query`)
    }
  }
  return IMPLEMENTATIONS[name](run, {
    pay: (bytes) => run.charge(price.base + price.perByte * bytes),
    more: (bytes) => run.charge(price.perByte * bytes),
  })
}
