/** docs/TESTING.md as a project: written as its blocks say, built, type-checked, and run the ways it names. */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import { docBlocks } from "@enigma-discovery/testing"
import { newProject, type Project } from "./support/project.ts"

const repository = path.resolve(import.meta.dirname, "../../..")
const HARDHAT = path.join(repository, "node_modules/hardhat/dist/src/cli.js")
const TSC = path.join(repository, "node_modules/typescript/bin/tsc")
const TSCONFIG = {
  extends: path.join(repository, "tsconfig.check.json"),
  compilerOptions: { erasableSyntaxOnly: false, noUncheckedIndexedAccess: false },
  include: ["hardhat.config.ts", "types/**/*.ts", "test/**/*.ts"],
  exclude: [], // this project lies in a folder that others leave out
}

/** Whole Hardhat runs, on a machine that may have other things to do. */
const SLOW = { timeout: 150_000 }

interface Ended {
  readonly code: number
  readonly output: string
}

describe("docs/TESTING.md", { timeout: 300_000 }, () => {
  const leftovers: (() => Promise<void>)[] = []
  after(() => Promise.all(leftovers.map((remove) => remove())))
  let project: Project

  before(async () => {
    project = await newProject({ after: (remove) => void leftovers.push(remove) })
    const text = await readFile(path.join(repository, "docs/TESTING.md"), "utf8")
    for (const { language, file, text: content } of docBlocks(text)) {
      assert.ok(file !== undefined, `a ${language} block does not name its file`)
      await project.write(file, content)
    }
    await project.write("tsconfig.json", JSON.stringify(TSCONFIG))
  })

  const node = (...args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const options = { cwd: project.root, env: { ...env, TSX_DISABLE_CACHE: "1", CI: "true" }, timeout: 120_000 }
      execFile(
        process.execPath,
        [...process.execArgv.filter((arg) => !arg.startsWith("--test")), ...args],
        options,
        (error, out, err) =>
          resolve({
            code: error === null ? 0 : typeof error.code === "number" ? error.code : -1,
            output: `${out}${err}`,
          }),
      )
    })

  it("builds and type-checks", SLOW, async () => {
    const built = await node(HARDHAT, "build")
    assert.equal(built.code, 0, built.output)
    assert.match(built.output, /Compiled Tally/)
    const checked = await node(TSC, "-p", ".")
    assert.equal(checked.code, 0, checked.output)
    await project.write(
      "test/wrong.ts",
      'import hre from "hardhat"\nconst { enigma } = await hre.network.create()\nconst t = await enigma.deploy("Tally")\nawait t.add("x", 2)\nawait enigma.deploy("Taly")\nawait t.query.add(1n)\n',
    )
    const wrong = await node(TSC, "-p", ".")
    assert.deepEqual(
      [...wrong.output.matchAll(/wrong\.ts\((\d+)/g)].map(([, line]) => line),
      ["4", "5", "6"],
      "types see what is wrong",
    )
    await project.write("test/wrong.ts", "export {}\n")
  })

  it("passes with --gas-stats and ends by itself", SLOW, async () => {
    const { code, output } = await node(HARDHAT, "--gas-stats", "test", "mocha", "--no-compile")
    assert.equal(code, 0, output)
    assert.match(output, /5 passing/)
    assert.match(output, /^Tally +add +\d+ +[\d,]+/m)
    assert.match(output, /^Tally +\(deployment\)/m)
  })

  it("passes in parallel, with coverage", SLOW, async () => {
    const config = await readFile(path.join(project.root, "hardhat.config.ts"), "utf8")
    await project.write("hardhat.config.ts", config.replace("timeout: 60_000", "timeout: 60_000, parallel: true"))
    const { code, output } = await node(HARDHAT, "--coverage", "test", "mocha")
    assert.equal(code, 0, output)
    assert.match(output, /5 passing/)
  })
})
