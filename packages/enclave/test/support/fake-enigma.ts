import assert from "node:assert/strict"
import { keccak256, recoverAddress, type SecretKey } from "@enigma-discovery/crypto"
import {
  bytesToBigint,
  equalBytes,
  gasLockGrains,
  type QueuedRecord,
  type SignedBatch,
  type TaskRecord,
  toHex,
  treeNodeKey,
  utf8Bytes,
  WORKER_STATUS,
} from "@enigma-discovery/protocol"
import {
  batchDigest,
  callbackFailedRoot,
  checkConservation,
  genesisLink,
  leafHash,
  linkHash,
  SLOT,
  wordBytes,
} from "@enigma-discovery/verify"
import type { EnclaveIdentity } from "../../src/api.ts"
import { FakeChain, namedKey } from "./fake-chain.ts"

/** 1 ENG = 10^8 grains. */
export const BASE_FEE_GRAINS = 50_000n
const ATTESTED_S = 1_000_000n

interface FakeQueue {
  readonly records: QueuedRecord[]
  readonly links: Uint8Array[]
  readonly genesis: Uint8Array
  committed: number
  head: Uint8Array
  drawEpoch: number
  drawnWorker: number
  batches: number
}

interface FakeWorker {
  readonly signer: Uint8Array
  readonly encryptionKey: Uint8Array
  readonly status: number
}

export const NO_HASH = new Uint8Array(32)
const packed = (...parts: readonly (readonly [bigint | number, number])[]): bigint =>
  parts.reduceRight((word, [value, bits]) => (word << BigInt(bits)) | BigInt(value), 0n)

/** Enigma's rules as far as enclaves meet them, over a chain with real proofs: what commits here would commit there. */
export class FakeEnigma {
  readonly chain: FakeChain
  readonly address: Uint8Array
  readonly epochLengthBlocks: number
  epoch = 0
  readonly #queues = new Map<string, FakeQueue>()
  readonly #workers = new Map<number, FakeWorker>()
  readonly #weights = new Map<number, bigint>()
  #openedAt = 0n
  #seed: Uint8Array = NO_HASH
  /** What a record costs besides gas. */
  baseFeeGrains = BASE_FEE_GRAINS

  constructor(options: { epochLengthBlocks?: number; witnesses?: readonly SecretKey[] } = {}) {
    this.address = keccak256(utf8Bytes("enigma")).slice(12)
    this.epochLengthBlocks = options.epochLengthBlocks ?? 20
    this.chain = new FakeChain(31_337n, this.address, options.witnesses ?? [namedKey("witness")])
  }

  get domain() {
    return { chainId: this.chain.chainId, enigma: this.address }
  }

  register(workerId: number, enclave: EnclaveIdentity, weight = 10n, status: number = WORKER_STATUS.LoggedIn): void {
    const [identity, account, key] = SLOT.worker(workerId)
    const { signer, encryptionKey } = enclave
    this.#workers.set(workerId, { signer, encryptionKey, status })
    const expiryS = this.chain.timestampS + ATTESTED_S
    this.chain.setWord(identity, packed([bytesToBigint(signer), 160], [expiryS, 32], [status, 8]))
    this.chain.setWord(account, BigInt(workerId))
    this.chain.setWord(key, bytesToBigint(encryptionKey))
    this.#weights.set(workerId, weight)
    this.#writeTree()
  }

  /** Opens the next epoch in the block to come. With `drawn`, a seed is looked for that draws this worker for the contract. */
  openEpoch(drawn?: { readonly workerId: number; readonly contract: Uint8Array }): number {
    this.epoch++
    this.#openedAt = this.chain.number + 1n
    for (let attempt = 0; ; attempt++) {
      this.#seed = keccak256(utf8Bytes(`seed ${this.epoch} ${attempt}`))
      if (drawn === undefined || this.drawOf(drawn.contract) === drawn.workerId) break
    }
    const [entry, seed] = SLOT.epoch(this.epoch)
    this.chain.setWord(entry, packed([this.epoch, 32], [this.#openedAt, 48], [this.#openedAt, 48]))
    this.chain.setWord(seed, bytesToBigint(this.#seed))
    this.#writeTree()
    this.chain.mine()
    return this.epoch
  }

  /** Independent of the draw in verify: seven weights in one node. */
  drawOf(contract: Uint8Array): number {
    const total = [...this.#weights.values()].reduce((sum, weight) => sum + weight, 0n)
    const tag = keccak256(utf8Bytes("enigma/1/draw"))
    const preimage = new Uint8Array(128)
    preimage.set(tag, 0)
    preimage.set(this.#seed, 32)
    preimage.set(contract, 64 + 12)
    let rest = bytesToBigint(keccak256(preimage)) % total
    for (let workerId = 1; workerId <= 7; workerId++) {
      const weight = this.#weights.get(workerId) ?? 0n
      if (rest < weight) return workerId
      rest -= weight
    }
    throw new Error("nobody drawn")
  }

  queue(contract: Uint8Array): FakeQueue {
    const key = toHex(contract)
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const genesis = genesisLink(this.chain.chainId, this.address, contract)
    const fresh: FakeQueue = {
      records: [],
      links: [],
      genesis,
      committed: 0,
      head: NO_HASH,
      drawEpoch: 0,
      drawnWorker: 0,
      batches: 0,
    }
    this.#queues.set(key, fresh)
    return fresh
  }

  /** Records tasks in the block to come, as one group: only the last link is stored. Mines it. */
  record(contract: Uint8Array, tasks: readonly Omit<TaskRecord, "blockNumber" | "timestampS">[]): QueuedRecord[] {
    const queue = this.queue(contract)
    const blockNumber = this.chain.number + 1n
    const timestampS = this.chain.timestampS + 12n
    const made = tasks.map((task) => {
      const record = { ...task, blockNumber, timestampS }
      const index = queue.records.length
      const cumLockedGrains = this.#cumLocked(queue, index) + this.baseFeeGrains + gasLockGrains(record)
      const queued = { record, cumLockedGrains }
      queue.links.push(linkHash(this.linkBefore(contract, index), leafHash(record), index, cumLockedGrains))
      queue.records.push(queued)
      return queued
    })
    const last = queue.records.length - 1
    this.chain.setWord(SLOT.link(contract, last), bytesToBigint(queue.links[last]!))
    this.#writeQueue(contract)
    this.chain.mine()
    return made
  }

  linkBefore(contract: Uint8Array, index: number): Uint8Array {
    const queue = this.queue(contract)
    return index === 0 ? queue.genesis : queue.links[index - 1]!
  }

  /** Commits as the contract would, or fails as it would. Mines the block. */
  commit({ batch, signature }: SignedBatch, options: { callbacksOk?: boolean } = {}): void {
    const queue = this.queue(batch.contract)
    const signer = recoverAddress(batchDigest(this.domain, batch), signature)
    assert.equal(batch.epoch, this.epoch, "WrongEpoch")
    assert.ok(equalBytes(signer, this.#workers.get(this.drawOf(batch.contract))!.signer), "SignerNotDrawn")
    assert.equal(batch.fromIndex, queue.committed, "IndexMismatch")
    assert.ok(batch.toIndex > batch.fromIndex && batch.toIndex <= queue.records.length, "IndexMismatch")
    assert.deepEqual(batch.link, queue.links[batch.toIndex - 1], "LinkMismatch")
    assert.equal(batch.cumLockedGrains, this.#cumLocked(queue, batch.toIndex), "LinkMismatch")
    assert.deepEqual(batch.previousHead, queue.head, "HeadMismatch")
    assert.ok(this.chain.number + 1n <= batch.validUntilBlock, "BatchExpired")
    checkConservation(batch, this.#cumLocked(queue, batch.fromIndex))
    assert.ok(batch.callbacks.length > 0 || equalBytes(batch.fallbackHead, NO_HASH), "FallbackWithoutCallbacks")
    const failed = batch.callbacks.length > 0 && options.callbacksOk === false
    const head = failed ? batch.fallbackHead : batch.newHead
    if (!equalBytes(head, queue.head)) {
      queue.drawEpoch = this.epoch
      queue.drawnWorker = this.drawOf(batch.contract)
    }
    queue.head = head
    queue.committed = batch.toIndex
    const root = failed ? callbackFailedRoot(batch.contract, batch.receiptsRoot) : batch.receiptsRoot
    this.chain.setWord(SLOT.receiptRoot(batch.contract, queue.batches++), bytesToBigint(root))
    this.#writeQueue(batch.contract)
    this.chain.mine()
  }

  /** Resolves records without a batch, as anyone may after expiry. */
  settle(contract: Uint8Array, count: number): void {
    this.queue(contract).committed += count
    this.#writeQueue(contract)
    this.chain.mine()
  }

  #cumLocked = (queue: FakeQueue, count: number): bigint =>
    count === 0 ? 0n : queue.records[count - 1]!.cumLockedGrains

  #writeQueue(contract: Uint8Array): void {
    const queue = this.queue(contract)
    const cumLocked = this.#cumLocked(queue, queue.records.length)
    const cumCommitted = this.#cumLocked(queue, queue.committed)
    this.chain.setWord(
      SLOT.queueCounters(contract),
      packed(
        [queue.records.length, 32],
        [queue.committed, 32],
        [cumLocked, 64],
        [cumCommitted, 64],
        [queue.drawEpoch, 32],
        [queue.drawnWorker, 24],
      ),
    )
    this.chain.setWord(SLOT.queueHead(contract), bytesToBigint(queue.head))
  }

  #writeTree(): void {
    const count = Math.max(0, ...this.#weights.keys())
    const active = [...this.#workers.values()].filter(({ status }) => status === WORKER_STATUS.LoggedIn).length
    this.chain.setWord(
      SLOT.epochState(),
      packed(
        [this.epoch, 32],
        [this.#openedAt, 48],
        [this.#openedAt, 48],
        [count, 24],
        [count === 0 ? 0 : 1, 8],
        [active, 32],
      ),
    )
    const word = packed(...Array.from({ length: 7 }, (_, i) => [this.#weights.get(i + 1) ?? 0n, 32] as const))
    const [current, pending] = SLOT.node(treeNodeKey(0, 0))
    this.chain.setWord(current, word)
    this.chain.setWord(pending, word)
  }
}

export const headOf = (enigma: FakeEnigma, contract: Uint8Array): Uint8Array =>
  wordBytes(enigma.chain.word(SLOT.queueHead(contract)))
