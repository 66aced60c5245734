/** Type-checks the TypeScript of a README, whose blocks are parts of one program. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { promisify } from "node:util"
import { docBlocks } from "./doc-blocks.ts"

const ROOT = path.resolve(import.meta.dirname, "../../..")
const TSC = path.join(ROOT, "node_modules/typescript/bin/tsc")
/** Inside the repository, so that its packages and their dependencies are found. */
const SCRATCH = path.join(ROOT, "node_modules/.cache")
const IMPORT = /^import .*$/gm

/**
 * All `ts` blocks of a page in their order, imports first, type-checked as one module.
 * @param around what the program around the blocks has: imports and `declare`s
 * @returns how many blocks there were. @throws Error with what the compiler says
 */
export async function compileSnippets(page: string, around: string): Promise<number> {
  const blocks = docBlocks(await readFile(page, "utf8")).filter(({ language }) => language === "ts")
  const imports = blocks.flatMap(({ text }) => text.match(IMPORT) ?? [])
  const rest = blocks.map(({ text }) => text.replaceAll(IMPORT, ""))
  await mkdir(SCRATCH, { recursive: true })
  const directory = await mkdtemp(path.join(SCRATCH, "snippets-"))
  try {
    await writeFile(path.join(directory, "snippets.mts"), [...new Set(imports), around, ...rest].join("\n"))
    const config = {
      extends: path.join(ROOT, "tsconfig.check.json"),
      compilerOptions: { types: ["node"] },
      include: ["snippets.mts"],
      exclude: [],
    }
    await writeFile(path.join(directory, "tsconfig.json"), JSON.stringify(config))
    await promisify(execFile)(process.execPath, [TSC, "-p", directory])
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout || String(error), { cause: error })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return blocks.length
}
