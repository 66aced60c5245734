import { verifyErrors } from "./errors.ts"

/**
 * A claim about Enigma's storage, written once: it yields the slots it needs next and receives their words, until it returns
 * what it proves or throws. Inside the enclave it is fed from a proof (`readProven`); outside, by the same function, from an
 * RPC (`readFetched`), which at once tells the slots to ask `eth_getProof` for. So a host can't forget a slot that the
 * enclave will look at, and an unfounded claim fails at the host with the enclave's own error.
 */
export type Claim<T> = Generator<readonly bigint[], T, readonly bigint[]>

/** Storage as words by slot: a proven view, or a test's map. */
export interface StorageView {
  word(slot: bigint): bigint
}

export function readProven<T>(claim: Claim<T>, view: StorageView): T {
  let step = claim.next()
  while (step.done !== true) step = claim.next(step.value.map((slot) => view.word(slot)))
  return step.value
}

export type FetchWords = (slots: readonly bigint[]) => Promise<readonly bigint[]>

export interface FetchedClaim<T> {
  readonly value: T
  /** Every slot that was read, without repetitions: what a proof of this claim must cover. */
  readonly slots: readonly bigint[]
}

/** Reads a claim where words come from an RPC at one block; one call of `fetchWords` a step. @throws VERIFY_WRONG_WORDS */
export async function readFetched<T>(claim: Claim<T>, fetchWords: FetchWords): Promise<FetchedClaim<T>> {
  const known = new Map<bigint, bigint>()
  let step = claim.next()
  while (step.done !== true) {
    const missing = [...new Set(step.value)].filter((slot) => !known.has(slot))
    if (missing.length > 0) {
      const words = await fetchWords(missing)
      if (words.length !== missing.length) {
        throw verifyErrors.make("WRONG_WORDS", { want: missing.length, got: words.length })
      }
      missing.forEach((slot, i) => {
        known.set(slot, words[i]!)
      })
    }
    step = claim.next(step.value.map((slot) => known.get(slot)!))
  }
  return { value: step.value, slots: [...known.keys()] }
}
