import { keccak256, SecretKey, signDigest } from "@enigma-discovery/crypto"
import { bigintToBytes, type ChainProof, utf8Bytes } from "@enigma-discovery/protocol"
import { encodeRlpList, encodeRlpString, parseBlockHeader, slotBytes, witnessDigest } from "@enigma-discovery/verify"
import { buildTrie } from "./trie.ts"

interface Block {
  readonly header: Uint8Array
  readonly hash: Uint8Array
  readonly number: bigint
  readonly timestampS: bigint
  readonly nodes: readonly Uint8Array[]
}

const minimal = (value: bigint): Uint8Array => {
  const bytes = bigintToBytes(value, 32)
  const first = bytes.findIndex((b) => b !== 0)
  return first < 0 ? new Uint8Array(0) : bytes.slice(first)
}

/** Seconds between blocks, and the time of block 0. */
const BLOCK_S = 12n
const GENESIS_S = 1_700_000_000n

/**
 * Blocks with real headers over a real state trie: the storage of one account, whatever words are put there. Witnesses sign
 * with real keys. What a chain would do on top of that (its rules) is `FakeEnigma`'s.
 */
export class FakeChain {
  readonly chainId: bigint
  readonly account: Uint8Array
  words = new Map<bigint, bigint>()
  readonly #witnesses: readonly SecretKey[]
  readonly #blocks: Block[] = []
  #fork = 0

  constructor(chainId: bigint, account: Uint8Array, witnesses: readonly SecretKey[]) {
    this.chainId = chainId
    this.account = account
    this.#witnesses = witnesses
    this.mine()
  }

  get number(): bigint {
    return this.#blocks.at(-1)!.number
  }

  get timestampS(): bigint {
    return this.#blocks.at(-1)!.timestampS
  }

  block(number: bigint): Block {
    return this.#blocks[Number(number)]!
  }

  mine(blocks = 1): void {
    for (let i = 0; i < blocks; i++) this.#blocks.push(this.#build())
  }

  /** Drops the newest blocks; what is mined from here on has other hashes. */
  reorg(blocks: number): void {
    this.#blocks.splice(-blocks)
    this.#fork++
  }

  /** The word at a slot now (in the block to come). */
  word(slot: bigint): bigint {
    return this.words.get(slot) ?? 0n
  }

  setWord(slot: bigint, word: bigint): void {
    if (word === 0n) this.words.delete(slot)
    else this.words.set(slot, word)
  }

  /** A proof of the whole storage at a block, by as many witnesses as wanted. */
  proof(options: { number?: bigint; confirmations?: number; witnesses?: readonly SecretKey[] } = {}): ChainProof {
    const { number = this.number, confirmations = 2, witnesses = this.#witnesses } = options
    const { header, nodes } = this.block(number)
    const digest = witnessDigest(this.chainId, parseBlockHeader(header), confirmations)
    return { header, confirmations, signatures: witnesses.map((key) => signDigest(digest, key)), nodes }
  }

  #build(): Block {
    const storage = buildTrie(
      new Map([...this.words].map(([slot, word]) => [slotBytes(slot), encodeRlpString(minimal(word))])),
    )
    const account = encodeRlpList([
      encodeRlpString(Uint8Array.of(1)),
      encodeRlpString(new Uint8Array(0)),
      encodeRlpString(storage.root),
      encodeRlpString(keccak256(utf8Bytes("code"))),
    ])
    const other = encodeRlpList(
      [1, 2]
        .map((n) => encodeRlpString(Uint8Array.of(n)))
        .concat([encodeRlpString(storage.root), encodeRlpString(storage.root)]),
    )
    const state = buildTrie(
      new Map([
        [this.account, account],
        [keccak256(this.account).slice(12), other],
      ]),
    )
    const number = BigInt(this.#blocks.length)
    const timestampS = GENESIS_S + BLOCK_S * number
    const header = encodeRlpList(
      [
        this.#blocks.at(-1)?.hash ?? new Uint8Array(32),
        new Uint8Array(32),
        new Uint8Array(20),
        state.root,
        new Uint8Array(32),
        new Uint8Array(32),
        new Uint8Array(256),
        new Uint8Array(0),
        minimal(number),
        minimal(30_000_000n),
        new Uint8Array(0),
        minimal(timestampS),
        utf8Bytes(`fork ${this.#fork}`),
        new Uint8Array(32),
        new Uint8Array(8),
        minimal(7n),
        new Uint8Array(32),
        new Uint8Array(0),
        new Uint8Array(0),
        new Uint8Array(32),
        new Uint8Array(32),
      ].map(encodeRlpString),
    )
    return { header, hash: keccak256(header), number, timestampS, nodes: [...state.nodes, ...storage.nodes] }
  }
}

export const namedKey = (name: string): SecretKey => SecretKey.take(keccak256(utf8Bytes(name)))
