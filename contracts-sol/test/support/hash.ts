import { concat, keccak256 } from "ethers"

/** Keccak-256 of bytes, as bytes. */
export function keccak(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.from(keccak256(bytes).slice(2), "hex"))
}

/** Root of receipt leaves (PROTOCOL §4.1) and the siblings of each leaf. */
export function merkle(leaves: readonly string[]): { root: string; proofs: string[][] } {
  const proofs: string[][] = leaves.map(() => [])
  let level = leaves.map((hash, i) => ({ hash, under: [i] }))
  while (level.length > 1) {
    const next: typeof level = []
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i]!, level[i + 1]]
      if (right === undefined) {
        next.push(left)
        continue
      }
      for (const leaf of left.under) proofs[leaf]!.push(right.hash)
      for (const leaf of right.under) proofs[leaf]!.push(left.hash)
      const pair = left.hash < right.hash ? [left.hash, right.hash] : [right.hash, left.hash]
      next.push({ hash: keccak256(concat(pair)), under: [...left.under, ...right.under] })
    }
    level = next
  }
  return { root: level[0]!.hash, proofs }
}
