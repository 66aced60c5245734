/** A module without its custom sections. */
export function withoutNames(code: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [code.subarray(0, 8)]
  for (let at = 8; at < code.length; ) {
    const start = at
    const id = code[at++]!
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = code[at++]!
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    at += size
    if (id !== 0) parts.push(code.subarray(start, at))
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
