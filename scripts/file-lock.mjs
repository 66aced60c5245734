// One process at a time, in a checkout that several may start in: a lock file that outlives neither its holder nor the
// processes its holder started. Plain JavaScript without dependencies, because bootstrap.mjs needs it before anything else.
import { createHash, randomUUID } from "node:crypto"
import fs from "node:fs"
import os from "node:os"

const TOUCH_MS = 1_000
const POLL_MS = 250
const ABANDONED_POLLS = 120 // a lock that nobody touched for this many polls (30 s) has no holder, whatever its pid says
const BREAKING_MS = 5_000 // removing an abandoned lock takes a millisecond; a remover this old was killed

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const read = (file) => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch (error) {
    if (error.code === "ENOENT") return "" // released, perhaps a moment ago
    throw error
  }
}
const alive = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === "EPERM"
  }
}

/**
 * @param childPids processes started under the lock: an npm that outlived its killed parent still writes, and is waited for.
 *
 * @param timing shorter times, for tests
 *
 * Pids mean something on one host only, and may be reused; so a lock is also given up when nobody touches it.
 */
export function fileLock(file, childPids, { pollMs = POLL_MS, abandonedPolls = ABANDONED_POLLS } = {}) {
  const draft = `${file}.${randomUUID()}`
  let heartbeat

  const write = () => {
    const pids = [process.pid, ...childPids()]
    fs.writeFileSync(draft, JSON.stringify({ host: os.hostname(), pids, touchedAt: Date.now() }))
  }

  const touch = () => {
    write()
    fs.renameSync(draft, file)
  }

  const tryAcquire = () => {
    write()
    try {
      fs.linkSync(draft, file) // as exclusive as O_EXCL, and the lock is never seen half written
    } catch (error) {
      if (error.code === "EEXIST") return false
      throw error
    } finally {
      fs.rmSync(draft, { force: true })
    }
    heartbeat = setInterval(touch, TOUCH_MS).unref()
    return true
  }

  const release = () => {
    if (!heartbeat) return
    clearInterval(heartbeat)
    heartbeat = undefined
    fs.rmSync(file, { force: true })
  }

  /** Waits for the lock; tells once, with the holder's pids, when somebody else has it. */
  const acquire = async (tellHeldBy) => {
    let seen = ""
    let unchanged = 0
    let told = false
    while (!tryAcquire()) {
      const content = read(file)
      if (content === "") continue // released since
      unchanged = content === seen ? unchanged + 1 : 0
      seen = content
      const { host, pids } = JSON.parse(content)
      const dead = host === os.hostname() && !pids.some(alive)
      if (dead || unchanged > abandonedPolls) breakLock(file, content)
      else if (!told) tellHeldBy(pids)
      told ||= !dead
      await sleep(pollMs)
    }
  }

  return { acquire, touch, release }
}

/** Removes the lock with this content. One waiter only: a slower one would remove the new lock of the faster. */
function breakLock(file, content) {
  const breaking = `${file}.${createHash("sha256").update(content).digest("hex").slice(0, 16)}`
  try {
    fs.mkdirSync(breaking)
  } catch {
    const since = fs.statSync(breaking, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN
    if (Date.now() - since > BREAKING_MS) fs.rmdirSync(breaking)
    return
  }
  if (read(file) === content) fs.rmSync(file, { force: true })
  fs.rmdirSync(breaking)
}
