// Line coverage of the contracts by both of Hardhat's runners, against contracts-sol/coverage.json:
// `npm run coverage:contracts -- [--json] [--no-run]`.
import fs from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { hardhat, root } from "./contracts/hardhat.ts"
import { type FileCoverage, percentOf, readLcov, totalOf } from "./contracts/lcov.ts"

const REPORT = path.join(root, "coverage/lcov.info")
const SOURCES = "contracts-sol/src/"
/** Only tests deploy these. */
const TESTING = "contracts-sol/src/testing/"

interface Threshold {
  readonly minimumLinePercent: number
  /** `file:line` of lines that no test can reach -> why. */
  readonly explained: Readonly<Record<string, string>>
}

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, "no-run": { type: "boolean", default: false } },
})
if (!values["no-run"]) {
  fs.rmSync(REPORT, { force: true })
  const code = await hardhat(["--build-profile", "quick", "--coverage", "test"], { quiet: values.json })
  if (code !== 0) process.exit(code)
}

const isOurs = ({ file }: FileCoverage) => file.startsWith(SOURCES) && !file.startsWith(TESTING)
const files = readLcov(fs.readFileSync(REPORT, "utf8")).filter(isOurs)
const total = percentOf(totalOf(files))
const threshold = JSON.parse(fs.readFileSync(path.join(root, "contracts-sol/coverage.json"), "utf8")) as Threshold
const unexplained = files.flatMap(({ file, missed }) =>
  missed.map((line) => `${file.slice(SOURCES.length)}:${line}`).filter((at) => !(at in threshold.explained)),
)

if (values.json) {
  console.log(JSON.stringify({ linePercent: total, minimumLinePercent: threshold.minimumLinePercent, files }))
} else {
  for (const file of files) {
    const missed = file.missed.length > 0 ? `  missed ${file.missed.join(", ")}` : ""
    console.log(`${percentOf(file).toFixed(1).padStart(6)} %  ${file.file.slice(SOURCES.length).padEnd(44)}${missed}`)
  }
  console.log(
    `${total.toFixed(2).padStart(6)} %  of ${totalOf(files).lines} lines (at least ${threshold.minimumLinePercent} %)`,
  )
}
if (unexplained.length > 0)
  console.error(`not covered, and not explained in contracts-sol/coverage.json: ${unexplained.join(", ")}`)
process.exit(files.length === 0 || total < threshold.minimumLinePercent || unexplained.length > 0 ? 1 : 0)
