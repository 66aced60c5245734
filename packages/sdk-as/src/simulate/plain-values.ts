import { Result } from "ethers"

/** What ethers decoded, with plain arrays in place of its own, so that tests can compare it. */
export function plain(value: unknown): unknown {
  return value instanceof Result ? value.toArray().map(plain) : value
}
