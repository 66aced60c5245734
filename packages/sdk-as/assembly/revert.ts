import { revert as hostRevert } from "./host"

/**
 * Ends the call and undoes everything it did. The caller gets the message, sealed, and the gas that is left. Does not
 * return. At most 1,024 bytes of UTF-8.
 */
export function revert(message: string): void {
  const length = message.length
  // Room for the longest form; ASCII, the common case, is copied without the encoder's tables.
  const bytes = heap.alloc(3 * length + 1)
  const size = <u32>String.UTF8.encodeUnsafe(changetype<usize>(message), length, bytes)
  hostRevert(bytes, min<u32>(size, 1024))
  unreachable()
}

/** Reverts with the message unless the condition holds. */
export function require(condition: bool, message: string): void {
  if (!condition) revert(message)
}
