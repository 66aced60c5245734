/**
 * AES-256-GCM-SIV (RFC 8452). The caller puts key, nonce, associated data and text (for `open` also the tag) where `memory.ts`
 * says, and takes the result from the same places; `wipe` zeroes all of it. No table, no branch on a secret.
 */
import { encryptBlocks, expandKey } from "./aes"
import { AUTH_KEY, BLOCKS, KEY, MESSAGE_KEY, NONCE, SUM, TAG, TEXT } from "./memory"
import { update } from "./polyval"

// @ts-ignore: decorator
@inline function roundedUp(length: usize): usize {
  return (length + 15) & ~15
}

/** Memory for so much; where the text begins. */
export function reserve(adLength: usize, textLength: usize): usize {
  const text = TEXT + roundedUp(adLength)
  const pages = ((text + roundedUp(textLength) + 0xffff) >> 16) as i32
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable()
  return text
}

/** Encrypts in place; the tag is at TAG. */
export function seal(adLength: usize, textLength: usize): void {
  deriveKeys()
  makeTag(adLength, textLength)
  memory.copy(TAG, BLOCKS, 16)
  applyKeyStream(TEXT + roundedUp(adLength), textLength)
}

/** Decrypts in place. False: the tag at TAG is not that of this text. */
export function open(adLength: usize, textLength: usize): bool {
  deriveKeys()
  applyKeyStream(TEXT + roundedUp(adLength), textLength)
  makeTag(adLength, textLength)
  const different = (load<u64>(BLOCKS) ^ load<u64>(TAG)) | (load<u64>(BLOCKS, 8) ^ load<u64>(TAG, 8))
  return different == 0
}

export function wipe(adLength: usize, textLength: usize): void {
  memory.fill(KEY, 0, TEXT + roundedUp(adLength) + roundedUp(textLength) - KEY)
}

/** §4: keys of this nonce, from the halves of six blocks; the message's is left expanded. */
function deriveKeys(): void {
  expandKey(KEY)
  for (let i: usize = 0; i < 6; i++) {
    store<u32>(BLOCKS + 16 * i, <u32>i)
    memory.copy(BLOCKS + 16 * i + 4, NONCE, 12)
  }
  encryptBlocks()
  for (let i: usize = 0; i < 6; i++) store<u64>(AUTH_KEY + 8 * i, load<u64>(BLOCKS + 16 * i))
  expandKey(MESSAGE_KEY)
}

/** §5: the tag is left in the first block. */
function makeTag(adLength: usize, textLength: usize): void {
  const text = TEXT + roundedUp(adLength)
  zeroTail(TEXT, adLength)
  zeroTail(text, textLength)
  store<u64>(SUM, 0)
  store<u64>(SUM, 0, 8)
  update(TEXT, roundedUp(adLength) >> 4)
  update(text, roundedUp(textLength) >> 4)
  store<u64>(BLOCKS, (<u64>adLength) << 3)
  store<u64>(BLOCKS, (<u64>textLength) << 3, 8)
  update(BLOCKS, 1)
  store<u64>(BLOCKS, load<u64>(SUM) ^ load<u64>(NONCE))
  store<u64>(BLOCKS, (load<u64>(SUM, 8) ^ <u64>load<u32>(NONCE, 8)) & 0x7fff_ffff_ffff_ffff, 8)
  encryptBlocks()
}

/** §4: the counter is the tag's first 32 bits, little-endian, and wraps. */
function applyKeyStream(text: usize, length: usize): void {
  const first = load<u32>(TAG)
  const second = load<u32>(TAG, 4)
  const rest = load<u64>(TAG, 8) | 0x8000_0000_0000_0000
  const blocks = roundedUp(length) >> 4
  for (let done: usize = 0; done < blocks; done += 8) {
    for (let i: usize = 0; i < 8; i++) {
      store<u32>(BLOCKS + 16 * i, first + <u32>(done + i))
      store<u32>(BLOCKS + 16 * i, second, 4)
      store<u64>(BLOCKS + 16 * i, rest, 8)
    }
    encryptBlocks()
    const count = min<usize>(8, blocks - done)
    for (let i: usize = 0; i < count; i++) {
      const at = text + 16 * (done + i)
      v128.store(at, v128.xor(v128.load(at), v128.load(BLOCKS + 16 * i)))
    }
  }
}

function zeroTail(at: usize, length: usize): void {
  memory.fill(at + length, 0, roundedUp(length) - length)
}
