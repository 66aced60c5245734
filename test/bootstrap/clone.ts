// A fresh copy of this tree as somebody would clone it, on a machine whose Node is too old.
import { execFileSync, spawn } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"

const root = path.resolve(import.meta.dirname, "../..")
const OLD_NODE = "20.19.5"

/** Proves what it needs to run: the source condition, a native module, two packages with platform binaries. */
const PROBE = `
import { createRequire } from "node:module"
import { ClassicLevel } from "classic-level"
import { transform } from "esbuild"
const edr = createRequire(createRequire(import.meta.url).resolve("hardhat")).resolve("@nomicfoundation/edr")
await import(edr)
const { code } = await transform("1 + 1")
const [, , command, ...args] = process.argv
console.log(JSON.stringify({ node: process.version, args, code, level: typeof ClassicLevel,
  protocol: import.meta.resolve("@enigma-discovery/protocol"), options: process.env.NODE_OPTIONS, production: process.env.NODE_ENV }))
if (command === "exit") process.exit(Number(args[0]))
if (command === "wait") {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
    console.log(signal)
    if (signal === "SIGTERM") setTimeout(() => process.exit(7), 700)
  })
  setInterval(() => {}, 1000)
}
`

export interface Clone {
  readonly dir: string
  /** The environment of a shell in it: the old Node first, nothing from the run that tests it. */
  readonly env: NodeJS.ProcessEnv
}

export interface Started {
  readonly pid: number
  /** So far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when both streams show nothing more and the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Resolves when stdout or stderr contains the text. */
  readonly shows: (text: string) => Promise<void>
}

/** @param name of the folder, in a temporary one that `remove` takes away */
export function makeClone(name: string): Clone & { readonly remove: () => void } {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-clone-"))
  const dir = path.join(parent, name)
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
  for (const file of listed.toString().split("\0").filter(Boolean)) {
    if (!fs.existsSync(path.join(root, file))) continue // deleted, not yet committed
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true })
    fs.copyFileSync(path.join(root, file), path.join(dir, file))
  }
  fs.writeFileSync(path.join(dir, "scripts/probe.ts"), PROBE)
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, "package.json"), "utf8"))
  manifest.scripts.probe = "exec node scripts/bootstrap.mjs scripts/probe.ts"
  fs.writeFileSync(path.join(dir, "package.json"), JSON.stringify(manifest))
  const remove = () => fs.rmSync(parent, { recursive: true, force: true })
  return { dir, env: environment(oldNodeDir(parent)), remove }
}

export function environment(nodeDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([key]) => !/^(npm_.*|NODE_OPTIONS|NODE_ENV|NODE_TEST_CONTEXT|NODE|INIT_CWD)$/i.test(key),
  )
  return { ...Object.fromEntries(kept), PATH: [nodeDir, ...ownPath()].join(path.delimiter) }
}

/** The PATH without what npm and the bootstrap put there. */
const ownPath = () => (process.env.PATH ?? "").split(path.delimiter).filter((dir) => !dir.includes("node_modules"))

/** The machine's own Node if it is too old for this project; otherwise an old one is installed for the test. */
function oldNodeDir(scratch: string): string {
  for (const dir of ownPath()) {
    const node = path.join(dir, "node")
    if (!fs.existsSync(node)) continue
    const [major = 0] = execFileSync(node, ["-p", "process.versions.node"]).toString().split(".").map(Number)
    if (major < 22) return dir
  }
  const args = ["install", "--no-save", "--prefix", scratch, `node-linux-${process.arch}@${OLD_NODE}`]
  execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"], cwd: scratch })
  return path.join(scratch, `node_modules/node-linux-${process.arch}/bin`)
}

/** Starts `npm run --silent probe -- <args>`, in a process group of its own. */
export function startProbe(clone: Clone, args: readonly string[], extra: NodeJS.ProcessEnv = {}): Started {
  return start(clone, ["npm", "run", "--silent", "probe", "--", ...args], extra)
}

export function start(clone: Clone, command: readonly string[], extra: NodeJS.ProcessEnv = {}): Started {
  const [program = "", ...args] = command
  const env = { ...clone.env, ...extra }
  const child = spawn(program, args, { cwd: clone.dir, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  let stdout = ""
  let stderr = ""
  const watchers = new Set<() => void>()
  const seen = () => {
    for (const watcher of watchers) watcher()
  }
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text
    seen()
  })
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text
    seen()
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) => resolve({ code, signal }))
  })
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const watcher = () => {
        if (!stdout.includes(text) && !stderr.includes(text)) return
        watchers.delete(watcher)
        resolve()
      }
      watchers.add(watcher)
      watcher()
      ended.then(() => reject(new Error(`ended without showing "${text}":\n${stdout}${stderr}`)), reject)
    })
  return { pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, ended, shows }
}

/** Processes that run out of this clone. */
export function processesIn({ dir }: Clone): readonly string[] {
  const all = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  return all.filter((pid) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(dir)
    } catch {
      return false // ended meanwhile
    }
  })
}

/** Waits for another process to have done something that only the file system shows. */
export async function until(isSo: () => boolean, limitMs = 60_000): Promise<void> {
  const endAt = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > endAt) throw new Error(`not so within ${limitMs} ms: ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
