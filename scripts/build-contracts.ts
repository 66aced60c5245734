// Compiles the contracts and generates packages/contracts/src/generated from them.
import fs from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { DEPLOYMENT, GENERATED, generateSources } from "./contracts/abis.ts"
import { hardhat, root } from "./contracts/hardhat.ts"

const USAGE = `Usage: npm run build:contracts -- [--check] [--profile NAME] [--no-build]

  --check         fail if what is generated is stale, instead of writing it
  --profile NAME  Hardhat build profile (default, production, quick); ABIs are the same in each,
                  code for deployment is written by the first two
  --no-build      take the artifacts that are there`

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    profile: { type: "string", default: "default" },
    "no-build": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

if (!values["no-build"]) {
  const code = await hardhat(["--build-profile", values.profile, "build", "--quiet", "--no-tests"])
  if (code !== 0) process.exit(code)
}

const wanted = generateSources()
const present = new Map(
  (fs.existsSync(GENERATED) ? fs.readdirSync(GENERATED) : []).map((name) => [
    name,
    fs.readFileSync(path.join(GENERATED, name), "utf8"),
  ]),
)
// Code of another profile than the shipped ones says nothing about the code that is shipped.
const isJudged = (name: string) => name !== DEPLOYMENT || values.profile !== "quick"
const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter(
  (name) => wanted.get(name) !== present.get(name) && isJudged(name),
)
const shown = stale.map((name) => path.relative(root, path.join(GENERATED, name))).join(", ")

if (stale.length === 0) console.log(`${wanted.size} generated files are up to date`)
else if (values.check) {
  console.error(`stale: ${shown}; run \`npm run build:contracts\` and commit`)
  process.exit(1)
} else {
  fs.mkdirSync(GENERATED, { recursive: true })
  for (const name of stale) {
    const content = wanted.get(name)
    if (content === undefined) fs.rmSync(path.join(GENERATED, name))
    else fs.writeFileSync(path.join(GENERATED, name), content)
  }
  console.log(`written: ${shown}`)
}
