import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { it } from "node:test"
import { fileLock } from "../../scripts/file-lock.mjs"
import { tempTree } from "./support.ts"

const MODULE = path.resolve(import.meta.dirname, "../../scripts/file-lock.mjs")
const FAST = { pollMs: 5, abandonedPolls: 20 }
/** Gives up nobody who lives, however slow the machine. */
const PATIENT = { pollMs: 5, abandonedPolls: 1_000_000 }
const deadPid = async () => {
  const child = spawn(process.execPath, ["-e", ""])
  await once(child, "exit")
  return child.pid ?? 0
}
const abandoned = async (overrides: object = {}) =>
  JSON.stringify({ host: os.hostname(), pids: [await deadPid()], touchedAt: 0, ...overrides })

/** Takes the lock some times over; whoever finds another inside says so with its exit code. */
const contender = (lock: string, inside: string) => `
  import fs from "node:fs"
  import { fileLock } from ${JSON.stringify(MODULE)}
  for (let i = 0; i < 5; i++) {
    const lock = fileLock(${JSON.stringify(lock)}, () => [], ${JSON.stringify(PATIENT)})
    await lock.acquire(() => {})
    fs.writeFileSync(${JSON.stringify(inside)}, "", { flag: "wx" })
    await new Promise((resolve) => setTimeout(resolve, 3))
    fs.rmSync(${JSON.stringify(inside)})
    lock.release()
  }`

it("lets one process in at a time, also when all find the same dead holder's lock", async (t) => {
  const lock = path.join(tempTree(t), "lock")
  fs.writeFileSync(lock, await abandoned())
  const program = contender(lock, `${lock}.inside`)
  const children: ChildProcess[] = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "ignore", "inherit"] }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]))
  assert.deepEqual(codes, [0, 0, 0, 0, 0, 0])
  assert.deepEqual(fs.readdirSync(path.dirname(lock)), [], "no lock, draft or remover is left")
})

it("waits while a child of a dead holder lives, and tells who it is", async (t) => {
  const file = path.join(tempTree(t), "lock")
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
  t.after(() => child.kill("SIGKILL"))
  const pids = [await deadPid(), child.pid ?? 0]
  fs.writeFileSync(file, await abandoned({ pids }))
  const lock = fileLock(file, () => [], PATIENT)
  let isHeld = false
  const told = Promise.withResolvers<readonly number[]>()
  const acquiring = lock.acquire(told.resolve).then(() => {
    isHeld = true
  })
  assert.deepEqual(await told.promise, pids)
  assert.equal(isHeld, false)
  child.kill("SIGKILL")
  await acquiring
  lock.release()
})

it("gives up a lock of another host, or of a pid in use again, when nobody touches it", async (t) => {
  for (const overrides of [{ host: "elsewhere" }, { pids: [process.pid] }]) {
    const file = path.join(tempTree(t), "lock")
    fs.writeFileSync(file, await abandoned(overrides))
    const lock = fileLock(file, () => [], FAST)
    await lock.acquire(() => {})
    assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")).pids, [process.pid])
    lock.release()
  }
})

it("goes on after a remover that was killed in the middle", async (t) => {
  const file = path.join(tempTree(t), "lock")
  const content = await abandoned()
  fs.writeFileSync(file, content)
  const { createHash } = await import("node:crypto")
  const remover = `${file}.${createHash("sha256").update(content).digest("hex").slice(0, 16)}`
  fs.mkdirSync(remover)
  fs.utimesSync(remover, 1, 1)
  const lock = fileLock(file, () => [], FAST)
  await lock.acquire(() => {})
  lock.release()
  assert.deepEqual(fs.readdirSync(path.dirname(file)), [])
})

it("lists the children of the holder", async (t) => {
  const file = path.join(tempTree(t), "lock")
  const children: number[] = []
  const lock = fileLock(file, () => children, FAST)
  await lock.acquire(() => {})
  children.push(4711)
  lock.touch()
  assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")).pids, [process.pid, 4711])
  lock.release()
  lock.release()
  assert.ok(!fs.existsSync(file))
})
