// Line coverage per file, from an lcov report.

export interface FileCoverage {
  readonly file: string
  readonly lines: number
  readonly covered: number
  /** Line numbers that no test reached. */
  readonly missed: readonly number[]
}

export const percentOf = ({ lines, covered }: Pick<FileCoverage, "lines" | "covered">): number =>
  lines === 0 ? 100 : (100 * covered) / lines

/** @param report text of lcov.info: SF begins a file, DA:line,hits is one line of it */
export function readLcov(report: string): readonly FileCoverage[] {
  return report
    .split("end_of_record")
    .map((part) => ({ file: /^SF:(.+)$/m.exec(part)?.[1] ?? "", hits: [...part.matchAll(/^DA:(\d+),(\d+)/gm)] }))
    .filter(({ file }) => file !== "")
    .map(({ file, hits }) => {
      const missed = hits.filter(([, , count]) => count === "0").map(([, line]) => Number(line))
      return { file, lines: hits.length, covered: hits.length - missed.length, missed }
    })
}

export const totalOf = (files: readonly FileCoverage[]): Pick<FileCoverage, "lines" | "covered"> => ({
  lines: files.reduce((sum, { lines }) => sum + lines, 0),
  covered: files.reduce((sum, { covered }) => sum + covered, 0),
})
