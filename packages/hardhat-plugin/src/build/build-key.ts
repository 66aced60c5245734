import { createHash, type Hash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import type { Source } from "./sources.ts"

/** SHA-256 over everything the compiled code depends on: the source's texts, and the compiler with its library. */
export function buildKey({ file, texts }: Source, root: string, compiler: string): string {
  const hash = createHash("sha256")
  field(hash, compiler)
  field(hash, path.relative(root, file))
  for (const [at, text] of texts) {
    field(hash, path.relative(root, at))
    field(hash, text)
  }
  return hash.digest("hex")
}

/** With its length, so that no two lists of texts hash alike. */
const field = (hash: Hash, text: string): void => void hash.update(`${Buffer.byteLength(text)}:`).update(text)

/** Identifies the compiler: a hash of the files of `@enigma-discovery/sdk-as`, and of the AssemblyScript version it uses. */
export async function compilerKey(): Promise<string> {
  const folders = ["@enigma-discovery/sdk-as", "@enigma-discovery/sdk-as/assembly"].map((name) =>
    path.dirname(fileURLToPath(import.meta.resolve(name))),
  )
  const hash = createHash("sha256")
  for (const folder of folders) {
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(ts|js|json)$/.test(name)).sort()
    for (const name of names) {
      field(hash, name)
      field(hash, await readFile(path.join(folder, name), "utf8"))
    }
  }
  field(hash, await readFile(path.join(folders[0]!, "../package.json"), "utf8")) // pins the AssemblyScript version
  return hash.digest("hex")
}
