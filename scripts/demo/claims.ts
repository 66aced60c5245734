// Everything the demo says is checked, and one thing that does not hold makes it fail.
import type { Teller } from "./tell.ts"

export interface Claims {
  /** Prints the claim with its verdict. @returns the verdict */
  check(claim: string, ok: boolean): boolean
  /** What did not hold. */
  readonly failed: readonly string[]
}

export function createClaims(teller: Teller): Claims {
  const failed: string[] = []
  return {
    check: (claim, ok) => {
      teller.checked(claim, ok)
      if (!ok) failed.push(claim)
      return ok
    },
    failed,
  }
}
