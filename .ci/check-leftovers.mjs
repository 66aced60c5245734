// Fails if a process still runs out of this checkout: its working folder or its program lies here. Linux only.
import fs from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

const root = fs.realpathSync(path.resolve(path.dirname(fileURLToPath(import.meta.url)), ".."))
const GRACE_MS = 5_000

const parentOf = (pid) => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
}

/** This process and those that started it. */
function ourselves() {
  const pids = new Set()
  for (let pid = process.pid; pid > 1; pid = parentOf(pid)) pids.add(pid)
  return pids
}

function leftovers() {
  const ours = ourselves()
  return fs.readdirSync("/proc").flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || ours.has(pid)) return []
    try {
      const args = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean)
      const cwd = fs.readlinkSync(`/proc/${pid}/cwd`)
      const isHere = [cwd, ...args].some((one) => one === root || one.startsWith(`${root}/`))
      return args.length > 0 && isHere ? [`${pid} ${args.join(" ")}`] : []
    } catch {
      return [] // it ended meanwhile, or belongs to somebody else
    }
  })
}

const endAt = Date.now() + GRACE_MS
let left = leftovers()
while (left.length > 0 && Date.now() < endAt) {
  await new Promise((resolve) => setTimeout(resolve, 200))
  left = leftovers()
}
for (const one of left) console.error(one)
process.exit(left.length > 0 ? 1 : 0)
