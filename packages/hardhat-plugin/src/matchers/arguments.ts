/** Arguments of events and errors, as tests write them: numbers for bigints, contracts for addresses, predicates for the rest. */

type Predicate = (value: unknown) => boolean

export const sameArguments = (got: readonly unknown[], want: readonly unknown[]): boolean =>
  got.length === want.length && got.every((value, i) => same(value, want[i]))

export function same(got: unknown, want: unknown): boolean {
  if (typeof want === "function") return (want as Predicate)(got)
  if (typeof want === "number" && typeof got === "bigint") return got === BigInt(want)
  if (typeof want === "string" && typeof got === "string") return sameText(got, want)
  if (want instanceof Uint8Array && typeof got === "string") return got === `0x${Buffer.from(want).toString("hex")}`
  if (isList(want) && isList(got)) return sameArguments([...got], [...want])
  const address =
    (want as { address?: unknown; target?: unknown } | null)?.address ?? (want as { target?: unknown })?.target
  if (typeof address === "string" && typeof got === "string") return sameText(got, address)
  return got === want
}

/** Hexadecimal differs in case where addresses are checksummed. */
const sameText = (a: string, b: string): boolean =>
  /^0x[0-9a-fA-F]*$/.test(a) && /^0x[0-9a-fA-F]*$/.test(b) ? a.toLowerCase() === b.toLowerCase() : a === b

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
