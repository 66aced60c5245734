/** Finds the secret contracts of a project. */
import { glob, readFile } from "node:fs/promises"
import path from "node:path"

/** A file that declares a contract, and all files that its code comes from. */
export interface Source {
  /** Absolute. */
  readonly file: string
  /** Text by absolute path: the file itself first, then what it imports, and what that imports. */
  readonly texts: ReadonlyMap<string, string>
}

const CONTRACT = /^\s*@contract\b/m
/** Relative imports, and JSON files named in a decorator (a Solidity ABI that calls are typed from). */
const MENTIONED = /["'](\.{1,2}\/[^"'\n]+)["']/g

/** Every `.ts` file in the folders (absolute, `*` allowed) with a class marked `@contract`, in the order of their paths. */
export async function findSources(folders: readonly string[]): Promise<readonly Source[]> {
  const files = new Set<string>()
  for (const folder of folders) for (const file of await filesIn(folder)) files.add(file)
  const sources: Source[] = []
  for (const file of [...files].sort()) {
    const text = await readFile(file, "utf8")
    if (CONTRACT.test(text)) sources.push({ file, texts: await withImports(file, text) })
  }
  return sources
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const base = folder.replace(/[^\\/]*\*.*$/, "")
  const found: string[] = []
  for await (const file of glob(`${folder}/**/*.ts`)) found.push(path.resolve(file))
  return found.filter((file) => !path.relative(base, file).split(path.sep).includes("node_modules"))
}

async function withImports(file: string, text: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([[file, text]])
  for (const [at, content] of texts) {
    for (const [, mentioned] of content.matchAll(MENTIONED)) {
      const found = await readAny(path.resolve(path.dirname(at), mentioned!))
      if (found !== undefined && !texts.has(found.file)) texts.set(found.file, found.text)
    }
  }
  return texts
}

/** AssemblyScript leaves out the ending and resolves folders to their index. What is not there is the compiler's to report. */
async function readAny(name: string): Promise<{ file: string; text: string } | undefined> {
  for (const file of [name, `${name}.ts`, path.join(name, "index.ts")]) {
    const text = await readFile(file, "utf8").catch(() => undefined)
    if (text !== undefined) return { file, text }
  }
  return undefined
}
