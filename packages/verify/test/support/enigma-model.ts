import { keccak256 } from "@enigma-discovery/crypto"
import { bytesToBigint, TREE_ARITY, treeNodeKey, utf8Bytes, WORKER_STATUS } from "@enigma-discovery/protocol"
import { SLOT, type StorageView } from "../../src/index.ts"

/** A change of weight (whole ENG) made in an epoch; it counts from the next one on. */
export interface WeightChange {
  readonly epoch: number
  readonly workerId: number
  readonly weight: bigint
}

export interface ModelWorker {
  readonly signer: Uint8Array
  readonly operator: Uint8Array
  readonly encryptionKey: Uint8Array
  readonly expiryS: bigint
  readonly status?: number
}

export const seedOf = (text: string): Uint8Array => keccak256(utf8Bytes(text))

/**
 * Enigma's storage as the contracts write it, modelled without their incremental updates: node words are computed from the
 * history of weights, so an error in reading or updating the tree can't hide in both.
 */
export class EnigmaModel implements StorageView {
  readonly words = new Map<bigint, bigint>()
  readonly history: WeightChange[] = []
  treeDepth = 0
  workerCount = 0

  word(slot: bigint): bigint {
    return this.words.get(slot) ?? 0n
  }

  setEpochs(
    present: number,
    opened: readonly (readonly [epoch: number, openedAtBlock: bigint, seed?: Uint8Array])[],
  ): void {
    for (const [epoch, openedAtBlock, seed] of opened) {
      const [entry, seedSlot] = SLOT.epoch(epoch)
      this.words.set(entry, packed([BigInt(epoch), 32], [openedAtBlock, 48], [openedAtBlock, 48]))
      this.words.set(seedSlot, bytesToBigint(seed ?? seedOf(`seed ${epoch}`)))
    }
    const openedAt = opened.find(([epoch]) => epoch === present)?.[1] ?? 0n
    this.words.set(
      SLOT.epochState(),
      packed(
        [BigInt(present), 32],
        [openedAt, 48],
        [openedAt, 48],
        [BigInt(this.workerCount), 24],
        [BigInt(this.treeDepth), 8],
        [3n, 32],
        [77n, 64],
      ),
    )
  }

  setQueue(
    contract: Uint8Array,
    queue: {
      submitted: number
      committed: number
      cumLocked: bigint
      cumCommitted: bigint
      drawEpoch?: number
      head?: bigint
    },
  ): void {
    this.words.set(
      SLOT.queueCounters(contract),
      packed(
        [BigInt(queue.submitted), 32],
        [BigInt(queue.committed), 32],
        [queue.cumLocked, 64],
        [queue.cumCommitted, 64],
        [BigInt(queue.drawEpoch ?? 0), 32],
        [0n, 24],
        [9n, 5],
        [5n, 3],
      ),
    )
    this.words.set(SLOT.queueHead(contract), queue.head ?? 0n)
  }

  setLink(contract: Uint8Array, index: number, link: Uint8Array): void {
    this.words.set(SLOT.link(contract, index), bytesToBigint(link))
  }

  setWorker(workerId: number, worker: ModelWorker): void {
    const [identity, account, key] = SLOT.worker(workerId)
    const status = BigInt(worker.status ?? WORKER_STATUS.LoggedIn)
    this.words.set(
      identity,
      packed([bytesToBigint(worker.signer), 160], [worker.expiryS, 32], [status, 8], [1234n, 56]),
    )
    this.words.set(account, bytesToBigint(worker.operator))
    this.words.set(key, bytesToBigint(worker.encryptionKey))
  }

  /** Applies changes (epochs ascending) and writes every node of the tree. */
  setWeights(changes: readonly WeightChange[]): void {
    this.history.push(...changes)
    this.workerCount = Math.max(this.workerCount, ...this.history.map(({ workerId }) => workerId))
    this.treeDepth = 1
    while (TREE_ARITY ** this.treeDepth < this.workerCount) this.treeDepth++
    for (let level = 0; level < this.treeDepth; level++) {
      const leaves = TREE_ARITY ** (level + 1)
      for (let position = 0; position * leaves < this.workerCount; position++) this.#writeNode(level, position)
    }
  }

  /** Weight of a worker in force in an epoch, or after all changes. */
  weight(workerId: number, epoch = Number.POSITIVE_INFINITY): bigint {
    return this.history.findLast((change) => change.workerId === workerId && change.epoch < epoch)?.weight ?? 0n
  }

  #writeNode(level: number, position: number): void {
    const below = TREE_ARITY ** level
    const first = position * TREE_ARITY * below
    const inside = this.history.filter(({ workerId }) => workerId > first && workerId <= first + TREE_ARITY * below)
    const tag = Math.max(0, ...inside.map(({ epoch }) => epoch))
    const weights = (epoch: number) =>
      Array.from({ length: TREE_ARITY }, (_, child) => {
        let sum = 0n
        for (let leaf = 0; leaf < below; leaf++) sum += this.weight(first + child * below + leaf + 1, epoch)
        return [sum, 32] as const
      })
    const [current, pending] = SLOT.node(treeNodeKey(level, position))
    this.words.set(current, packed(...weights(tag)))
    this.words.set(pending, packed(...weights(Number.POSITIVE_INFINITY), [BigInt(tag), 32]))
  }
}

function packed(...fields: readonly (readonly [value: bigint, bits: number])[]): bigint {
  let word = 0n
  let shift = 0n
  for (const [value, bits] of fields) {
    if (value < 0n || value >= 1n << BigInt(bits)) throw new RangeError(`${value} does not fit ${bits} bits`)
    word |= value << shift
    shift += BigInt(bits)
  }
  return word
}
