/** The generated types: what `enigma.deploy("Name", args)` and the contract's functions are typed from. */
import { mkdir, readFile, writeFile } from "node:fs/promises"
import path from "node:path"
import type { SecretArtifact } from "./artifacts.ts"

const HEAD = `// Written by \`hardhat build\` from the secret contracts of this project. Changes here are lost.
import "@enigma-discovery/hardhat-plugin/types"

declare module "@enigma-discovery/hardhat-plugin/types" {
  interface SecretContractAbis {
`

export const typesOf = (artifacts: readonly Pick<SecretArtifact, "name" | "abi" | "source">[]): string =>
  `${HEAD}${artifacts
    .map(({ name, abi, source }) => `    /** ${source} */\n    readonly ${name}: ${typeOf(abi, "    ")}\n`)
    .join("")}  }\n}\n`

/** A JSON value as its own literal type. */
function typeOf(value: unknown, indent: string): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return "readonly []"
    return `readonly [\n${value.map((item) => `${inner}${typeOf(item, inner)},\n`).join("")}${indent}]`
  }
  const fields = Object.entries(value).map(([key, item]) => `readonly ${JSON.stringify(key)}: ${typeOf(item, indent)}`)
  return `{ ${fields.join("; ")} }`
}

/** Leaves a file that is right untouched, so that editors and compilers that watch it stay quiet. */
export async function writeTypes(file: string, artifacts: readonly SecretArtifact[]): Promise<void> {
  const text = typesOf(artifacts)
  if ((await readFile(file, "utf8").catch(() => undefined)) === text) return
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}
