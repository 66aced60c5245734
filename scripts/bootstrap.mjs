// Runs a script of this project on a Node that can run it, installing what is missing first.
// Plain JavaScript without dependencies: it must run on a fresh clone, under Node 18 and newer.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { fileLock } from "./file-lock.mjs"

const OLDEST_NODE_MAJOR = 24 // the code uses `using`, which Node 22 does not parse; Hardhat 3 and libp2p 3 would run on 22.13
const SOURCE_CONDITION = "--conditions=@enigma/source" // packages resolve to their TypeScript source
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"]
const SAME_SIGNAL_MS = 500 // a terminal's Ctrl-C reaches us twice, from the terminal and from npm: it is one signal

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")
const runtimeDir = path.join(root, "scripts", "runtime")
const modulesDir = path.join(root, "node_modules")
const stampFile = path.join(modulesDir, ".bootstrap")
const runtimeStampFile = path.join(runtimeDir, "node_modules", ".bootstrap")
const platform = process.platform === "win32" ? "win" : process.platform
const runtimeNode = path.join(
  runtimeDir,
  `node_modules/node-${platform}-${process.arch}/bin/node${platform === "win" ? ".exe" : ""}`,
)

const say = (text) => process.stderr.write(`[setup] ${text}\n`)
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file) : undefined)
const sha256 = (file) =>
  createHash("sha256")
    .update(read(file) ?? "absent")
    .digest("hex")
const pathWith = (node) => `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`

class SetupError extends Error {}

/** The child that runs now, if any: signals go to it. */
let child
let interruptedBy
let lastSignalAt = 0

const lock = fileLock(path.join(runtimeDir, ".bootstrap-lock"), () => (child?.pid ? [child.pid] : []))

function onSignal(signal) {
  const now = Date.now()
  if (signal === interruptedBy && now - lastSignalAt < SAME_SIGNAL_MS) return
  interruptedBy = signal
  lastSignalAt = now
  if (child) child.kill(signal)
  else exit(128 + os.constants.signals[signal])
}

function exit(code) {
  lock.release()
  process.exit(code)
}

/**
 * Resolves to the exit code. The child gets a session of its own, so that it hears each signal once, from us; a preloaded
 * watch ends it when we are gone without a word.
 */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { detached: process.platform !== "win32", ...options })
    child.once("error", reject)
    child.once("exit", (code, signal) => {
      child = undefined
      resolve(code ?? 128 + os.constants.signals[signal])
    })
  })
}

/** npm's own entry, run by the Node we choose: `npm` on the PATH would choose its own. */
function npmCli() {
  const beside = path.dirname(process.execPath)
  const onPath = (process.env.PATH ?? "").split(path.delimiter).map((dir) => path.join(dir, "npm"))
  const candidates = [process.env.npm_execpath, ...onPath, path.join(beside, "node_modules/npm/bin/npm-cli.js")]
  for (const candidate of candidates) {
    if (!candidate || !fs.existsSync(candidate)) continue
    const file = fs.realpathSync(candidate)
    if (path.basename(file) === "npm-cli.js") return file
  }
  throw new SetupError("npm was not found. Install npm 10 or newer, or start this with `npm run`.")
}

/** `npm ci` in `dir`, its output on stderr so that stdout stays the script's own. */
async function npmCi(what, dir, node, flags) {
  const startedAt = Date.now()
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`
  say(`installing ${what} ...`)
  const ticker = setInterval(() => say(`still installing ${what} (${seconds()})`), 10_000)
  const env = {
    ...process.env,
    PATH: pathWith(node),
    npm_config_local_prefix: dir,
    // npm looks for the machine's own npmrc beside the Node it runs on, which is now another.
    npm_config_globalconfig: process.env.npm_config_globalconfig ?? path.resolve(process.execPath, "../../etc/npmrc"),
    npm_config_loglevel: "error",
  }
  try {
    // The includes undo a NODE_ENV=production or an npmrc that would leave out what this project needs to run.
    const args = [npmCli(), "ci", "--include=dev", "--include=optional", ...flags]
    const done = run(node, args, { cwd: dir, env, stdio: ["ignore", 2, 2] })
    lock.touch()
    const code = await done
    lock.touch()
    if (interruptedBy) exit(128 + os.constants.signals[interruptedBy])
    if (code !== 0) throw new SetupError(`npm ci in ${dir} failed with exit code ${code}; its output is above.`)
  } finally {
    clearInterval(ticker)
  }
  say(`installed ${what} (${seconds()})`)
}

// --- what is there, and what is missing -------------------------------------------------------------------------------

const ownNodeIsOld = () => Number(process.versions.node.split(".")[0]) < OLDEST_NODE_MAJOR
const runtimeStamp = () => sha256(path.join(runtimeDir, "package-lock.json"))
const runtimeReady = () => fs.existsSync(runtimeNode) && String(read(runtimeStampFile)) === runtimeStamp()

/** Once started through the link, this very process runs on the installed Node: that one stays the choice. */
const usesRuntime = () => ownNodeIsOld() || process.execPath.startsWith(runtimeDir + path.sep)

/** npm's own record of what it installed is part of the stamp: an install by hand under an old Node leaves out packages. */
const stamp = (node) =>
  [
    path.relative(root, node),
    sha256(path.join(root, "package-lock.json")),
    sha256(path.join(modulesDir, ".package-lock.json")),
  ].join("\n")
const installed = (node) => fs.existsSync(stampFile) && String(read(stampFile)) === stamp(node)

async function installRuntime() {
  const locked = JSON.parse(String(read(path.join(runtimeDir, "package-lock.json"))))
  const name = path.relative(runtimeDir, path.dirname(path.dirname(runtimeNode))).replaceAll(path.sep, "/")
  const version = locked.packages[name]?.version
  if (!version) {
    throw new SetupError(
      `Node ${process.versions.node} is too old and none is packaged for ${process.platform}-${process.arch}: ` +
        `install Node ${OLDEST_NODE_MAJOR}.`,
    )
  }
  await npmCi(`Node ${version} (this one is ${process.versions.node}; about 50 MB)`, runtimeDir, process.execPath, [
    "--ignore-scripts",
  ])
  const answer = spawnSync(runtimeNode, ["--version"], { encoding: "utf8", env: {} })
  if (answer.stdout?.trim() !== `v${version}`) {
    throw new SetupError(`${runtimeNode} does not run here: ${answer.error?.message ?? answer.stderr}`)
  }
  fs.writeFileSync(runtimeStampFile, runtimeStamp())
}

/** Puts the installed Node where npm looks first, so that `npm run`, `npx hardhat` and every workspace use it too. */
function linkRuntime() {
  if (process.platform === "win32") return
  const link = path.join(modulesDir, ".bin", "node")
  const target = path.relative(path.dirname(link), runtimeNode)
  if (fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && fs.readlinkSync(link) === target) return
  fs.mkdirSync(path.dirname(link), { recursive: true })
  fs.rmSync(link, { force: true })
  fs.symlinkSync(target, link)
}

/** @returns the Node to run scripts on, with everything it needs installed */
async function prepare() {
  const node = usesRuntime() ? runtimeNode : process.execPath
  const ready = () => (node !== runtimeNode || runtimeReady()) && installed(node)
  if (ready()) return node
  await lock.acquire((pids) => say(`another start is installing (process ${pids.join(", ")}); waiting for it`))
  if (!ready()) {
    if (node === runtimeNode && !runtimeReady()) await installRuntime()
    if (!installed(node)) {
      await npmCi("dependencies (about 500 MB, under a minute)", root, node, [])
      if (node === runtimeNode) linkRuntime()
      fs.writeFileSync(stampFile, stamp(node))
    }
  }
  lock.release()
  return node
}

async function main() {
  const [entry, ...args] = process.argv.slice(2)
  if (!entry || entry === "--help") {
    process.stdout.write(
      "Usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENT ...]\n\nInstalls what is missing, then runs SCRIPT.\n",
    )
    process.exit(entry ? 0 : 2)
  }
  for (const signal of SIGNALS) process.on(signal, () => onSignal(signal))
  const watch = pathToFileURL(path.join(root, "scripts", "end-with-parent.mjs")).href
  if (process.env.npm_lifecycle_event) await import(watch)
  const node = await prepare()
  const given = process.env.NODE_OPTIONS ?? ""
  const options = given.includes(SOURCE_CONDITION) ? given : `${given} ${SOURCE_CONDITION}`.trim()
  const env = { ...process.env, NODE_OPTIONS: options, PATH: pathWith(node) }
  const code = await run(node, ["--import", watch, path.resolve(root, entry), ...args], { env, stdio: "inherit" })
  process.exit(code)
}

main().catch((error) => {
  say(error instanceof SetupError ? error.message : (error?.stack ?? String(error)))
  exit(1)
})
