import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { it } from "node:test"

it("every attempt that docs/THREATS.md lists is a test with that name", () => {
  const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8")
  const [, section] = read("../../../docs/THREATS.md").split("## What a hostile host tries")
  const rows = section!
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => /^\| (?!attempt|-)/.test(line))
  assert.ok(rows.length >= 25)
  for (const row of rows) {
    const found = /\| `([\w-]+\.test\.ts)`: (.+) \|$/.exec(row)
    assert.ok(found, `a row names its test: ${row}`)
    const [, file, name] = found
    const titles = [...read(file!).matchAll(/\bit\(\s*(?:"([^"]+)"|`([^`]+)`)/g)].map(([, a, b]) => a ?? b!)
    assert.ok(
      titles.some((title) => title.startsWith(name!)),
      `${file} has no test "${name}"`,
    )
  }
})
