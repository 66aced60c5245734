import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import path from "node:path"
import { type TestContext, test } from "node:test"
import { mutate, readMutants } from "../../scripts/mutants/list.ts"
import { tempTree, writeTree } from "./support.ts"

const SCRIPT = path.resolve(import.meta.dirname, "../../scripts/test-mutants.ts")
const GUARD = "if (n > 3) throw new Error()"
const TEST = "node --test t.test.ts"
const mutant = (fields: object = {}) => ({
  file: "f.ts",
  find: "n > 3",
  replace: "n > 30",
  test: TEST,
  guards: "small",
  ...fields,
})

/** A repository whose test notices when the guard lets 10 through, and does not notice 30. */
function repository(t: TestContext, mutants: unknown): string {
  const root = tempTree(t, {
    "f.ts": `export function f(n: number) {\n  ${GUARD}\n  return n\n}\n`,
    "t.test.ts": `import assert from "node:assert"\nimport { test } from "node:test"\nimport { f } from "./f.ts"
      test("f", () => { assert.throws(() => f(10)); assert.equal(f(1), 1) })`,
    "test/mutants/m.json": mutants,
  })
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: root })
  git("init", "-q")
  git("add", "-A")
  git("commit", "-qm", "x")
  return root
}

async function run(root: string, ...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, "--root", root, ...args], { stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text
  })
  const [code] = await once(child, "close")
  return { code, output }
}

test("a broken guard that a test notices is killed, and the file is put back", async (t) => {
  const root = repository(t, [mutant()])
  const { code, output } = await run(root)
  assert.equal(code, 0, output)
  assert.match(output, /killed +m#1/)
  assert.match(fs.readFileSync(path.join(root, "f.ts"), "utf8"), /n > 3\)/)
})

test("one that no test notices survives, and fails the run", async (t) => {
  const { code, output } = await run(repository(t, [mutant({ replace: "n > 3.5" }), mutant()]))
  assert.equal(code, 1)
  assert.match(output, /SURVIVED m#1/)
  assert.match(output, /1 killed, 1 survived, 0 invalid/)
})

for (const [what, fields] of [
  ["finds nothing", { find: "n > 4" }],
  ["finds two places", { find: "n" }],
  ["changes nothing", { replace: "n > 3" }],
  ["names no file", { file: "g.ts" }],
  ["leaves a file that does not parse", { replace: "n >" }],
  ["has a test that fails anyway", { test: "false" }],
] as const) {
  test(`a mutant that ${what} proves nothing, and fails the run`, async (t) => {
    const { code, output } = await run(repository(t, [mutant(fields)]))
    assert.equal(code, 1)
    assert.match(output, /INVALID {2}m#1/)
  })
}

test("files with changes are refused, untouched", async (t) => {
  const root = repository(t, [mutant()])
  writeTree(root, { "f.ts": "mine" })
  assert.equal((await run(root)).code, 2)
  assert.equal(fs.readFileSync(path.join(root, "f.ts"), "utf8"), "mine")
})

test("one mutant, one list or one file can be asked for; an unknown name is an error", async (t) => {
  const root = repository(t, [mutant(), mutant({ replace: "n > 3.5" })])
  assert.match((await run(root, "--only", "m#1")).output, /1 killed, 0 survived/)
  assert.match((await run(root, "--only", "m")).output, /1 killed, 1 survived/)
  assert.equal((await run(root, "--only", "nobody")).code, 2)
})

test("an interrupted run puts the file back", async (t) => {
  const root = repository(t, [mutant({ test: "if grep -q 'n > 30' f.ts; then touch broken; sleep 60; fi" })])
  const child = spawn(process.execPath, [SCRIPT, "--root", root], { stdio: "ignore" })
  const watcher = fs.watch(root)
  while (!fs.existsSync(path.join(root, "broken"))) await once(watcher, "change")
  watcher.close()
  child.kill("SIGINT")
  assert.deepEqual(await once(child, "exit"), [130, null])
  assert.match(fs.readFileSync(path.join(root, "f.ts"), "utf8"), /n > 3\)/)
})

test("a list that is not as described is refused by name", (t) => {
  const read = (content: unknown) => () => readMutants(path.join(tempTree(t, { "m/l.json": content }), "m"))
  assert.throws(read({}), /l\.json is not a list/)
  assert.throws(read([{ ...mutant(), guards: 1 }]), /l#1: "guards"/)
  assert.throws(read([mutant(), { ...mutant(), extra: "x" }]), /l#2: unknown field extra/)
})

test("replacement text is taken as it is", () => {
  const one = { id: "m#1", ...mutant({ find: "a", replace: "$&$1" }) }
  assert.deepEqual(mutate("xay", one), { text: "x$&$1y" })
})
