// A page of documentation as what a reader does with it, in order.
import { type DocBlock, docBlocks } from "@enigma-discovery/testing"

export type Step =
  /** A file of the project, shown or written. */
  | { readonly kind: "file"; readonly file: string; readonly text: string }
  /** Commands in a terminal. */
  | { readonly kind: "run"; readonly text: string }
  /** A command that stays up, in a terminal of its own. */
  | { readonly kind: "background"; readonly text: string }

/** First line of a block whose command does not end by itself. */
const STAYS_UP = /^# stays up until Ctrl-C/
/** Languages of files that a reader writes; what is in no file (json, text) is for looking at. */
const SOURCES = new Set(["ts", "tsx", "solidity"])

/** @throws Error for a source block that does not name its file */
export const docSteps = (page: string): readonly Step[] => docBlocks(page).map(stepOf)

function stepOf({ language, file, text }: DocBlock): Step {
  if (language === "sh") return { kind: STAYS_UP.test(text) ? "background" : "run", text }
  if (!SOURCES.has(language)) throw new Error(`A block in ${language} is neither a file nor commands.`)
  if (file === undefined) throw new Error(`A block in ${language} does not name its file: ${text.slice(0, 60)}`)
  return { kind: "file", file, text }
}

/** A file as its block says it, without the line that names it. */
export const contentOf = (text: string): string => text.replace(/^.*\n/, "")
