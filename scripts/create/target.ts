// Where a new project may be: nothing is ever overwritten.
import fs from "node:fs"
import path from "node:path"
import { createErrors } from "./errors.ts"

/** npm's own limit (validate-npm-package-name). */
const MAX_NAME_LENGTH = 214
const NAME = /^[a-z0-9][a-z0-9._-]*$/
/** Names that npm keeps for itself. */
const TAKEN = new Set(["node_modules", "favicon.ico"])

export interface Target {
  /** Absolute. */
  readonly directory: string
  /** Name of the npm package: the directory's last part. */
  readonly name: string
}

/** @throws CREATE_NO_DIRECTORY, CREATE_BAD_DIRECTORY, CREATE_BAD_NAME, CREATE_IN_REPOSITORY, CREATE_NOT_EMPTY */
export function parseTarget(root: string, given: string | undefined): Target {
  if (given === undefined || given === "") throw createErrors.make("NO_DIRECTORY")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(given))
    throw createErrors.make("BAD_DIRECTORY", { directory: JSON.stringify(given), why: "it has control characters" })
  const directory = path.resolve(given)
  const name = path.basename(directory)
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH || TAKEN.has(name))
    throw createErrors.make("BAD_NAME", { name: JSON.stringify(name), max: MAX_NAME_LENGTH })
  if (isWithin(realPath(directory), fs.realpathSync(root))) throw createErrors.make("IN_REPOSITORY", { directory })
  refuseUsed(directory)
  return { directory, name }
}

/** A repository that was just made for the project is no content. */
const isContent = (entry: string) => entry !== ".git"

function refuseUsed(directory: string): void {
  const found = fs.lstatSync(directory, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isDirectory()) throw createErrors.make("BAD_DIRECTORY", { directory, why: "something else has this name" })
  const entry = fs.readdirSync(directory).find(isContent)
  if (entry !== undefined) throw createErrors.make("NOT_EMPTY", { directory, entry })
}

/** With the links of the part that exists resolved. */
function realPath(file: string): string {
  if (fs.existsSync(file)) return fs.realpathSync(file)
  const parent = path.dirname(file)
  return parent === file ? file : path.join(realPath(parent), path.basename(file))
}

const isWithin = (file: string, folder: string) => file === folder || file.startsWith(folder + path.sep)
