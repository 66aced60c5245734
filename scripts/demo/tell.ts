// How the demo talks: short numbered steps, aligned, with timings; the same text on a terminal, in a file and on a pipe.
import { styleText } from "node:util"

const INDENT = "   "
const LABEL_WIDTH = 19

export interface Teller {
  title(text: string): void
  /** A numbered step; its time is shown when the next one begins or `done()` is called. */
  step(text: string): void
  /** One aligned line of a step. */
  line(label: string, text: string): void
  /** A claim that was checked. */
  checked(claim: string, ok: boolean): void
  table(head: readonly string[], rows: readonly (readonly string[])[]): void
  done(): void
}

export function createTeller(stream: NodeJS.WriteStream): Teller {
  const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream })
  const write = (text = "") => void stream.write(`${text}\n`)
  let number = 0
  let startedAt = 0

  const done = () => {
    if (startedAt === 0) return
    write(style("dim", `${INDENT}${seconds(performance.now() - startedAt)}`))
    startedAt = 0
  }
  return {
    title: (text) => write(style("bold", text)),
    step: (text) => {
      done()
      number += 1
      startedAt = performance.now()
      write()
      write(style("bold", `${number}. ${text}`))
    },
    line: (label, text) => write(`${INDENT}${style("dim", label.padEnd(LABEL_WIDTH))}${text}`),
    checked: (claim, ok) => write(`${INDENT}${ok ? style("green", "ok  ") : style("red", "FAIL")} ${claim}`),
    table: (head, rows) => {
      write()
      const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => (row[i] ?? "").length)))
      const format = (row: readonly string[]) =>
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()
      write(INDENT + style("bold", format(head)))
      for (const row of rows) write(INDENT + format(row))
    },
    done,
  }
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
export const thousands = (value: bigint | number): string => value.toLocaleString("en-US")
/** First and last digits of an address or a hash: enough to recognise it. */
export const short = (hex: string): string => `${hex.slice(0, 6)}…${hex.slice(-4)}`
