import { verifyErrors } from "./errors.ts"

/** Where a query's answer stands: after which record of the contract, under which block. */
export interface AnswerPosition {
  /** Index of the last executed record; -1 when none is. */
  readonly index: number
  readonly blockNumber: bigint
}

/** Refuses an answer older than what was asked for: the reader's own last write, and a block it knows of. @throws VERIFY_STALE */
export function checkFreshness(answer: AnswerPosition, wanted: AnswerPosition): void {
  if (answer.index >= wanted.index && answer.blockNumber >= wanted.blockNumber) return
  throw verifyErrors.make("STALE", {
    index: answer.index,
    block: answer.blockNumber,
    wantIndex: wanted.index,
    wantBlock: wanted.blockNumber,
  })
}
