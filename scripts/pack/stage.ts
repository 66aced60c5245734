// A package as it will be in its tarball: what it declares, and its licence.
import fs from "node:fs"
import path from "node:path"
import { type PublishedPackage, publishedManifest } from "./published.ts"

const ALWAYS = ["README.md"]

/** Copies into `to`, which must not exist. */
export function stagePackage(root: string, { dir, manifest }: PublishedPackage, to: string): void {
  fs.mkdirSync(to, { recursive: true })
  for (const name of [...(manifest.files ?? []), ...ALWAYS]) {
    const from = path.join(dir, name)
    if (!fs.existsSync(from)) continue
    fs.cpSync(from, path.join(to, name), { recursive: true, filter: (file) => isCurrent(dir, file) })
  }
  fs.copyFileSync(path.join(root, "LICENSE"), path.join(to, "LICENSE"))
  fs.writeFileSync(path.join(to, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
}

/** Compilers leave behind what a removed source once gave; and their own notes are nobody's business. */
function isCurrent(dir: string, file: string): boolean {
  const [top, ...rest] = path.relative(dir, file).split(path.sep)
  const inside = rest.join("/")
  if (top !== "dist" || inside === "" || /^programs(\/|$)/.test(inside)) return true
  const stem = inside.replace(/\.(js|d\.ts)(\.map)?$/, "")
  return stem === inside ? fs.statSync(file).isDirectory() : fs.existsSync(path.join(dir, "src", `${stem}.ts`))
}
