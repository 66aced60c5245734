/** That no page shows code which nothing compiles. What compiles a page is in its row. */
import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { describe, it } from "node:test"
import { docBlocks } from "@enigma-discovery/testing"
import { contentOf, docSteps } from "../../scripts/starter/steps.ts"

const root = path.resolve(import.meta.dirname, "../..")
const TEMPLATE = path.join(root, "scripts/create/template")
const STARTER = "scripts/test-starter.ts"
/** Page, and the file that compiles (and where it can, runs) its blocks. */
const COMPILED: Readonly<Record<string, string>> = {
  "docs/QUICKSTART.md": STARTER,
  "docs/DEPLOYING.md": STARTER,
  "docs/PAGE.md": STARTER,
  "docs/PRIVACY.md": STARTER,
  "docs/NATIVE.md": "packages/sdk-as/test/native-doc.test.ts",
  "docs/TESTING.md": "packages/hardhat-plugin/test/testing-doc.test.ts",
  "docs/WRITING.md": "packages/sdk-as/test/writing.test.ts",
  "packages/client/README.md": "packages/client/test/readme.test.ts",
  "packages/devnet/README.md": "packages/devnet/test/readme.test.ts",
}
const CODE = new Set(["ts", "tsx", "typescript", "js", "javascript", "solidity", "sol"])
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8")
const pages = ["*.md", "docs/*.md", "packages/*/*.md", "examples/**/*.md", "scripts/create/template/**/*.md"]
  .flatMap((pattern) => fs.globSync(pattern, { cwd: root }))
  .filter((page) => !page.includes("node_modules"))

describe("code in the documentation", () => {
  it("is compiled, on every page that has some", () => {
    assert.ok(pages.length >= 12)
    const withCode = pages.filter((page) => docBlocks(read(page)).some(({ language }) => CODE.has(language)))
    assert.deepEqual(withCode.sort(), Object.keys(COMPILED).sort())
  })

  for (const [page, by] of Object.entries(COMPILED))
    it(`of ${page} is read by ${by}`, () => {
      const name = path.basename(page, ".md")
      assert.ok(read(by).includes(name), `${by} does not read ${name}`)
      assert.ok(
        by === STARTER || /\b(docBlocks|compileSnippets)\(/.test(read(by)),
        `${by} has a way of its own to find blocks`,
      )
    })

  for (const page of Object.keys(COMPILED).filter((one) => COMPILED[one] === STARTER))
    it(`of ${page} is the starter's own where it shows one of its files`, () => {
      const files = docSteps(read(page)).flatMap((step) => (step.kind === "file" ? [step] : []))
      const shown = files.filter(({ file }) => fs.existsSync(path.join(TEMPLATE, file)))
      assert.ok(shown.length > 0)
      for (const { file, text } of shown)
        assert.ok(
          fs.readFileSync(path.join(TEMPLATE, file), "utf8").includes(contentOf(text)),
          `${file} has no such part:\n${text}`,
        )
    })
})

describe("code blocks", () => {
  it("name their file in the first line, or are none", () => {
    const page = "```ts\n// test/a.test.ts\nx\n```\ntext\n```json\n// a/b.json\n{}\n```\n```sh\nnpm test\n```\n"
    assert.deepEqual(docBlocks(page), [
      { language: "ts", file: "test/a.test.ts", text: "// test/a.test.ts\nx\n" },
      { language: "json", file: "a/b.json", text: "{}\n" },
      { language: "sh", file: undefined, text: "npm test\n" },
    ])
  })

  for (const file of ["../a.ts", "a/../../b.ts", "/etc/c.ts"])
    it(`cannot be ${file}`, () => assert.throws(() => docBlocks(`\`\`\`ts\n// ${file}\nx\n\`\`\`\n`)))
})
