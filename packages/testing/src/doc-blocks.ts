/** The code blocks of a page of documentation, for the tests that compile and run them. */

export interface DocBlock {
  /** As the fence names it: `ts`, `solidity`, `sh`. */
  readonly language: string
  /** From a first line like `// test/tally.test.ts`; undefined for a block that is no file. */
  readonly file: string | undefined
  /** Without the line that names the file, unless it is code of a language that has such comments. */
  readonly text: string
}

/** Languages in which the line that names the file is a comment, and may stay. */
const HAS_COMMENTS = new Set(["c", "ts", "tsx", "solidity"])
const FILE_LINE = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/
/** A path below the project: nothing else may be written. */
const isInside = (file: string) => !file.startsWith("/") && !file.split("/").includes("..")

/** @throws Error for a file that lies outside the project */
export function docBlocks(page: string): readonly DocBlock[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => {
    const file = FILE_LINE.exec(text)?.[1]
    if (file !== undefined && !isInside(file)) throw new Error(`A code block names ${file}, outside its project.`)
    const isWhole = file === undefined || HAS_COMMENTS.has(language)
    return Object.freeze({ language, file, text: isWhole ? text : text.replace(FILE_LINE, "") })
  })
}
