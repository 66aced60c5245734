import { type Codec, decode, encode, hash, list, struct, u64 } from "@enigma-discovery/protocol"
import type { BlockRef } from "./blocks.ts"

/** Blocks remembered for finding the common ancestor after a re-org. */
export const MAX_CURSOR_BLOCKS = 256

/** Where following stands: known blocks, ascending, not always consecutive; the last is the newest handled. */
export type Cursor = readonly BlockRef[]

const CursorCodec = list(struct("cursor block", { number: u64, hash }), MAX_CURSOR_BLOCKS, "cursor")
const MAX_CURSOR_BYTES = 4 + 40 * MAX_CURSOR_BLOCKS

export const encodeCursor = (cursor: Cursor): Uint8Array =>
  encode(
    CursorCodec as Codec<readonly { number: bigint; hash: Uint8Array }[]>,
    cursor.map((block) => ({ number: BigInt(block.number), hash: block.hash })),
  )

/** @throws PROTOCOL_* for bytes that `encodeCursor` did not make. */
export const decodeCursor = (raw: Uint8Array): Cursor =>
  decode(CursorCodec, raw, MAX_CURSOR_BYTES).map((block) => ({ number: Number(block.number), hash: block.hash }))

/** The cursor after a further block: the oldest is dropped when it is full. */
export const withBlock = (cursor: Cursor, block: BlockRef): Cursor => [
  ...cursor.slice(-(MAX_CURSOR_BLOCKS - 1)),
  { number: block.number, hash: block.hash },
]
