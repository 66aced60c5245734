// The guarded lines of test/mutants/*.json: what to break, and the test that must notice.
import fs from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import path from "node:path"

export interface Mutant {
  /** List and place in it: `verify#3`. */
  readonly id: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Shell command that passes on the real file and must fail on the broken one. */
  readonly test: string
  readonly guards: string
}

const FIELDS = ["file", "find", "replace", "test", "guards"] as const

/** @throws Error naming the list and the entry that is not as described */
export function readMutants(folder: string): readonly Mutant[] {
  const lists = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".json")) : []
  return lists.sort().flatMap((list) => {
    const entries: unknown = JSON.parse(fs.readFileSync(path.join(folder, list), "utf8"))
    if (!Array.isArray(entries)) throw new Error(`${list} is not a list`)
    return entries.map((entry, index) => parse(entry, `${path.basename(list, ".json")}#${index + 1}`))
  })
}

function parse(entry: unknown, id: string): Mutant {
  const value = (entry ?? {}) as Record<string, unknown>
  for (const field of FIELDS) {
    if (typeof value[field] !== "string") throw new Error(`${id}: "${field}" must be a string`)
  }
  const unknown = Object.keys(value).filter((key) => !(FIELDS as readonly string[]).includes(key))
  if (unknown.length > 0) throw new Error(`${id}: unknown field ${unknown.join(", ")}`)
  return { ...(value as Omit<Mutant, "id">), id }
}

/** The broken text; or why this mutant cannot be made. */
export function mutate(
  original: string,
  { find, replace }: Mutant,
): { readonly text: string } | { readonly why: string } {
  const parts = original.split(find)
  if (parts.length !== 2) return { why: `"find" occurs ${parts.length - 1} times, not once` }
  if (find === replace) return { why: '"replace" changes nothing' }
  return { text: parts.join(replace) }
}

/** Whether the text is TypeScript or JavaScript as Node reads it; other files are left to their compilers. */
export function parses(file: string, text: string): boolean {
  if (!/\.[cm]?[jt]s$/.test(file)) return true
  try {
    stripTypeScriptTypes(text)
    return true
  } catch (error) {
    // It parses, though Node cannot run it: AssemblyScript.
    return (error as { code?: unknown }).code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
  }
}

/** `name` is a list ("verify"), one mutant ("verify#3") or part of a file's path. */
export const isNamed = ({ id, file }: Mutant, name: string) =>
  id === name || id.split("#")[0] === name || file.includes(name)
