/** A witness's key and its memory: what it has vouched for stays so, also over restarts and against its own Ethereum node. */
import type { BlockHeader } from "@enigma-discovery/chain/follow"
import { addressOfSigningKey, SecretKey, signDigest } from "@enigma-discovery/crypto"
import { bigintToBytes, bytesToBigint, equalBytes, type HeaderAttestation, hash } from "@enigma-discovery/protocol"
import { witnessDigest } from "@enigma-discovery/verify"
import { nodeErrors } from "../errors.ts"
import type { Secret } from "../secret.ts"
import type { ByteStore } from "../store/byte-store.ts"
import { repository } from "../store/repository.ts"

/** Heights remembered below the highest one signed at depth; a block further below is never signed. */
export const KEPT_HEIGHTS = 4_096

export interface WitnessSigner {
  /** 20 bytes. */
  readonly address: Uint8Array
  /** The highest block signed at depth; undefined when none ever was. */
  highest(): Promise<{ readonly number: number; readonly hash: Uint8Array } | undefined>
  /**
   * Vouches for blocks under `depth` later ones: ascending, each the parent of the next. They are on the disk before a signature
   * leaves; the same blocks give the same signatures again.
   * @throws NODE_WITNESS_CONFLICT with nothing signed: a block signed before is not on this branch
   */
  signDeep(blocks: readonly BlockHeader[]): Promise<readonly HeaderAttestation[]>
  /** Vouches for a block without later ones: a head may change, and nothing that leaves an enclave stands on it. */
  signHead(block: BlockHeader): HeaderAttestation
  /** Wipes its copy of the key; it signs no more. */
  stop(): void
}

export interface WitnessSignerOptions {
  readonly secretKey: Secret
  readonly chainId: bigint
  readonly depth: number
  readonly store: ByteStore
}

const heightKey = (height: number) => bigintToBytes(BigInt(height), 8)

export function createWitnessSigner({ secretKey, chainId, depth, store }: WitnessSignerOptions): WitnessSigner {
  const signed = repository(store, "witnessed", heightKey, hash)
  const key = SecretKey.copy(secretKey.reveal())

  function attest({ number, hash: blockHash, rlp }: BlockHeader, confirmations: number): HeaderAttestation {
    const digest = witnessDigest(chainId, { number: BigInt(number), hash: blockHash }, confirmations)
    return Object.freeze({ header: rlp, confirmations, signature: signDigest(digest, key) })
  }

  async function highest() {
    const [key] = await signed.keys(undefined, { reverse: true, limit: 1 })
    if (key === undefined) return undefined
    const number = Number(bytesToBigint(key))
    return { number, hash: (await signed.get(number))! }
  }

  /** Refuses a branch that leaves out a block signed before. */
  async function checkBranch(blocks: readonly BlockHeader[]): Promise<void> {
    const conflict = (block: number) => nodeErrors.make("WITNESS_CONFLICT", { block, depth })
    const first = blocks[0]!
    const parent = first.number === 0 ? undefined : await signed.get(first.number - 1)
    if (parent !== undefined && !equalBytes(parent, first.parentHash)) throw conflict(first.number - 1)
    for (const { number, hash: blockHash } of blocks) {
      const before = await signed.get(number)
      if (before !== undefined && !equalBytes(before, blockHash)) throw conflict(number)
    }
  }

  return {
    stop: () => key.wipe(),
    address: addressOfSigningKey(key),
    highest,
    async signDeep(all) {
      const top = (await highest())?.number ?? -1
      const floor = top - KEPT_HEIGHTS
      const blocks = all.filter(({ number }) => number > floor)
      if (blocks.length === 0) return []
      await checkBranch(blocks)
      const newFloor = Math.max(top, blocks.at(-1)!.number) - KEPT_HEIGHTS
      const outdated = newFloor < 0 ? [] : await forgotten(newFloor)
      await store.write([...blocks.map((block) => signed.putOp(block.number, block.hash)), ...outdated])
      return blocks.map((block) => attest(block, depth))
    },
    signHead: (block) => attest(block, 0),
  }

  async function forgotten(floor: number) {
    const keys = await signed.keys(undefined, { limit: KEPT_HEIGHTS })
    return keys
      .map((key) => Number(bytesToBigint(key)))
      .filter((height) => height <= floor)
      .map((height) => signed.deleteOp(height))
  }
}
