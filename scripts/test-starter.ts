// `npm run test:starter`: docs/QUICKSTART.md as it stands, in an empty home; then what the other pages add to its project.
import assert from "node:assert/strict"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { followPage, putFile } from "./starter/follow.ts"
import { Shell } from "./starter/shell.ts"
import { docSteps } from "./starter/steps.ts"
import { voteOnPage } from "./starter/vote.ts"

const LIMIT_MS = 10 * 60_000
const COMMANDS_LIMIT_MS = 5 * 60_000
/** Pages whose blocks are files of the quick start's project. */
const MORE = ["DEPLOYING", "PAGE", "PRIVACY"]

const root = path.resolve(import.meta.dirname, "..")
const read = (page: string) => fs.readFileSync(path.join(root, "docs", `${page}.md`), "utf8")
const startedAt = Date.now()
const say = (text: string) => console.error(`\n=== ${text} (${((Date.now() - startedAt) / 1000).toFixed(0)} s)`)

const interrupted = new AbortController()
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(name, () => interrupted.abort(new Error(`ended by ${name}`)))
const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(LIMIT_MS)])

const home = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-starter-"))
const shell = new Shell({ home, cwd: root, limitMs: COMMANDS_LIMIT_MS, signal })
try {
  say("docs/QUICKSTART.md")
  const { urls } = await followPage(shell, read("QUICKSTART"))
  assert.equal(urls.length, 1, "the page is served at one address")
  say("what `npm run page` serves")
  for (const file of ["/", "/main.tsx", "/app.tsx"]) await looksRight(new URL(file, urls[0]), signal)
  say("a vote on it, in Chromium")
  const [privateKey] = /0x[0-9a-f]{64}/.exec(read("QUICKSTART")) ?? []
  assert.ok(privateKey !== undefined, "the quick start names a test account's key")
  await voteOnPage({ url: urls[0]!, project: shell.cwd, privateKey })
  await shell.stop()

  say(`what ${MORE.map((page) => `docs/${page}.md`).join(", ")} add`)
  for (const step of MORE.flatMap((page) => docSteps(read(page)))) {
    assert.ok(step.kind === "file", `only the quick start has commands, not: ${step.text}`)
    putFile(shell.cwd, step.file, step.text)
  }
  await shell.run("npm run check\nnpx hardhat test mocha test/leaks.test.ts\nnpm run page:build")
  say("passed")
} finally {
  await shell.stop()
  fs.rmSync(home, { recursive: true, force: true })
}

async function looksRight(url: URL, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { signal })
  const text = await answer.text()
  assert.ok(answer.ok && !/error|failed to resolve/i.test(text.slice(0, 200)), `${url}: ${answer.status}\n${text}`)
}
