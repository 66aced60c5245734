// How many tests ran and how they ended, read from what each runner leaves behind.

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** One line of the record that reporter.ts keeps, one per test. */
export interface TestRecord {
  readonly name: string
  readonly outcome: "passed" | "failed" | "skipped"
  readonly durationMs: number
}

/** The last line of a record; without it the file ended before its tests did, whatever its exit code. */
export const END_OF_RECORD = "end\n"

/** @param record lines of JSON; cut off anywhere if the file was killed or ended itself */
export function countRecord(record: string): Counts & { readonly isComplete: boolean } {
  const isComplete = record.endsWith(END_OF_RECORD)
  const lines = record.split("\n").slice(0, isComplete ? -2 : -1)
  const outcomes = lines.map((line) => (JSON.parse(line) as TestRecord).outcome)
  const count = (outcome: TestRecord["outcome"]) => outcomes.filter((one) => one === outcome).length
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped"), isComplete }
}

/**
 * Counts what `hardhat test` prints: a total over its runners at the end ("12 passing (4 solidity, 8 mocha)"), in which
 * Mocha's pending tests count as passing, and before it Mocha's own summary, which has them ("1 pending").
 */
export function countHardhat(output: string): Counts {
  const number = (pattern: RegExp) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0)
  const skipped = number(/^\s+(\d+) pending$/gm)
  const passing = number(/^\s*(\d+) passing \((?!\d+m?s\)).*\)$/gm)
  return { passed: passing - skipped, failed: number(/^\s*(\d+) failing/gm), skipped }
}
