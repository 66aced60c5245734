// Throw-away trees for testing the tools on.
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import type { TestContext } from "node:test"

/** A temporary folder with these files, removed after the test. Values that are not text are written as JSON. */
export function tempTree(t: TestContext, files: Readonly<Record<string, unknown>> = {}): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "enigma-tooling-")))
  t.after(() => fs.rmSync(root, { recursive: true, force: true }))
  writeTree(root, files)
  return root
}

export function writeTree(root: string, files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content))
  }
}
