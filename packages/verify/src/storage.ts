import { keccak256 } from "@enigma-discovery/crypto"
import {
  bigintToBytes,
  bytesToBigint,
  EPOCH_RING_SIZE,
  LINK_RING_SIZE,
  QUEUE_OFFSET,
  RECEIPT_RING_SIZE,
  STORAGE_NAMESPACE,
  STORAGE_SLOT,
  utf8Bytes,
  WORKER_OFFSET,
  words,
} from "@enigma-discovery/protocol"

/** ERC-7201: keccak256(uint256(keccak256(id)) - 1) with the last byte cleared. */
export const erc7201Base = (namespace: string): bigint => {
  const inner = bytesToBigint(keccak256(utf8Bytes(namespace))) - 1n
  return bytesToBigint(keccak256(words(inner))) & ~0xffn
}

/** Slot of a mapping's value: H(key word | slot word). A key of 20 bytes is an address. */
export const mappingSlot = (key: bigint | Uint8Array, slot: bigint): bigint =>
  bytesToBigint(keccak256(words(key, slot)))

export const slotBytes = (slot: bigint): Uint8Array => bigintToBytes(slot, 32)

const BASE = erc7201Base(STORAGE_NAMESPACE)
const member = (name: keyof typeof STORAGE_SLOT): bigint => BASE + STORAGE_SLOT[name]
const queueBase = (contract: Uint8Array): bigint => mappingSlot(contract, member("queues"))
const workerBase = (workerId: number): bigint => mappingSlot(BigInt(workerId), member("workers"))

/** Where everything that enclaves prove stands in Enigma's storage (PROTOCOL §5.5). */
export const SLOT = Object.freeze({
  epochState: (): bigint => member("epochState"),
  /** [entry, seed] of epoch n's place in the ring. */
  epoch: (n: number): readonly [bigint, bigint] => {
    const at = mappingSlot(BigInt(n % EPOCH_RING_SIZE), member("epochs"))
    return [at, at + 1n]
  },
  queueCounters: (contract: Uint8Array): bigint => queueBase(contract) + QUEUE_OFFSET.counters,
  queueHead: (contract: Uint8Array): bigint => queueBase(contract) + QUEUE_OFFSET.head,
  link: (contract: Uint8Array, index: number): bigint =>
    queueBase(contract) + QUEUE_OFFSET.links + BigInt(index % LINK_RING_SIZE),
  receiptRoot: (contract: Uint8Array, batch: number): bigint =>
    queueBase(contract) + QUEUE_OFFSET.receiptRoots + BigInt(batch % RECEIPT_RING_SIZE),
  /** [identity, account, encryptionKey]. */
  worker: (workerId: number): readonly [bigint, bigint, bigint] => {
    const at = workerBase(workerId)
    return [at + WORKER_OFFSET.identity, at + WORKER_OFFSET.account, at + WORKER_OFFSET.encryptionKey]
  },
  /** [current, pending] of a tree node. */
  node: (key: bigint): readonly [bigint, bigint] => {
    const at = mappingSlot(key, member("nodes"))
    return [at, at + 1n]
  },
})
