/** Blocks as the node tells them, each checked against its hash. */
import { keccak256 } from "@enigma-discovery/crypto"
import { equalBytes, isZero, toHex } from "@enigma-discovery/protocol"
import { encodeRpcHeader } from "@enigma-discovery/verify"
import { chainErrors } from "./errors.ts"
import { bad, count, fixedBytes, object, quantity, toQuantity } from "./internal/parse.ts"
import type { ChainRpc } from "./rpc.ts"

export interface BlockRef {
  readonly number: number
  /** 32 bytes. */
  readonly hash: Uint8Array
}

export interface BlockHeader extends BlockRef {
  readonly parentHash: Uint8Array
  readonly timestampS: number
  readonly baseFeeWei: bigint
  readonly logsBloom: Uint8Array
  /** The header itself; its Keccak-256 is `hash`. */
  readonly rlp: Uint8Array
}

/** @throws CHAIN_BAD_RESPONSE, VERIFY_HEADER_* when the fields do not hash to the block's hash: an unknown fork, or a lie. */
export function parseBlock(value: unknown): BlockHeader {
  const block = object(value, "block")
  return Object.freeze({
    number: count(block.number, "block number"),
    hash: fixedBytes(block.hash, "block hash", 32),
    rlp: encodeRpcHeader(block),
    parentHash: fixedBytes(block.parentHash, "parent hash", 32),
    timestampS: count(block.timestamp, "timestamp"),
    logsBloom: fixedBytes(block.logsBloom, "logs bloom", 256),
    baseFeeWei: block.baseFeePerGas === undefined ? 0n : quantity(block.baseFeePerGas, "base fee"),
  })
}

/** A block by number or tag; undefined when the node has none. */
export async function readBlock(
  rpc: ChainRpc,
  which: number | "latest" | "safe" | "finalized",
  signal?: AbortSignal,
): Promise<BlockHeader | undefined> {
  const tag = typeof which === "number" ? toQuantity(which) : which
  const value = await rpc.request("eth_getBlockByNumber", [tag, false], signal)
  if (value === null) return undefined
  const block = parseBlock(value)
  if (typeof which === "number" && block.number !== which) throw bad("block number is another than asked for")
  return block
}

export async function readBlockByHash(rpc: ChainRpc, hash: Uint8Array, signal?: AbortSignal): Promise<BlockHeader> {
  const value = await rpc.request("eth_getBlockByHash", [toHex(hash), false], signal)
  if (value === null) throw chainErrors.make("BLOCK_NOT_FOUND", { block: toHex(hash) })
  const block = parseBlock(value)
  if (!equalBytes(block.hash, hash)) throw bad("block hash is another than asked for")
  return block
}

export async function latestBlock(rpc: ChainRpc, signal?: AbortSignal): Promise<BlockHeader> {
  const block = await readBlock(rpc, "latest", signal)
  if (block === undefined) throw bad("no latest block")
  return block
}

/** Whether a block's bloom filter allows a log of `address` (yellow paper §4.4.3). An empty bloom allows none. */
export function bloomMayHold(bloom: Uint8Array, address: Uint8Array): boolean {
  if (isZero(bloom)) return false
  const digest = keccak256(address)
  for (let i = 0; i < 6; i += 2) {
    const bit = ((digest[i]! << 8) | digest[i + 1]!) & 2047
    if ((bloom[255 - (bit >> 3)]! & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** @throws CHAIN_WRONG_CHAIN */
export async function checkChainId(rpc: ChainRpc, want: bigint, signal?: AbortSignal): Promise<void> {
  const got = BigInt(count(await rpc.request("eth_chainId", [], signal), "chain id"))
  if (got !== want) throw chainErrors.make("WRONG_CHAIN", { got, want })
}
