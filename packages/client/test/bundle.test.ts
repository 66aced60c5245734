import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, it } from "node:test"
import { bundleForBrowser } from "../../../scripts/browser/bundle.ts"

const HERE = path.resolve(import.meta.dirname, "..")
const budget = JSON.parse(readFileSync(path.join(HERE, "bundle-budget.json"), "utf8")) as {
  readonly minifiedBytes: number
  readonly gzipBytes: number
}
/** How far below its budget the bundle may be: a budget nobody is near guards nothing. */
const SLACK = 0.1

describe("the browser bundle", () => {
  it("loads where there is nothing of Node, and keeps its budget", async () => {
    const report = await bundleForBrowser('export * from "@enigma-discovery/client"', HERE)
    assert.deepEqual(report.problems, [])
    const { sizeBytes, gzipBytes } = report
    assert.ok(sizeBytes <= budget.minifiedBytes, `${sizeBytes} bytes minified, ${report.largest.join(", ")}`)
    assert.ok(gzipBytes <= budget.gzipBytes, `${gzipBytes} bytes gzip`)
    assert.ok(sizeBytes > budget.minifiedBytes * (1 - SLACK), `${sizeBytes} bytes: lower the budget`)
    assert.ok(gzipBytes > budget.gzipBytes * (1 - SLACK), `${gzipBytes} bytes gzip: lower the budget`)
  })

  it("leaves out what a page does not use", async () => {
    const whole = await bundleForBrowser('export * from "@enigma-discovery/client"', HERE)
    const part = await bundleForBrowser('export { sealInput } from "@enigma-discovery/client"', HERE)
    assert.deepEqual(part.problems, [])
    assert.ok(part.sizeBytes < whole.sizeBytes / 2, `${part.sizeBytes} of ${whole.sizeBytes} bytes`)
  })
})
