import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync } from "node:fs"
import { rm } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { after, afterEach, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { PROGRAMS } from "../src/bundle.ts"
import { canEndWithParent } from "../src/pipe/ends-with-parent.ts"
import { pidsOf } from "./support/pids.ts"

const HOST = fileURLToPath(new URL("support/spinning-host.ts", import.meta.url))
/** A second is what is promised; a loaded machine may be late in looking. */
const END_MS = 3_000

const directory = mkdtempSync(path.join(os.tmpdir(), "enigma-lifetime-test-"))
const program = path.join(directory, PROGRAMS.worker.file)
const manager = path.join(directory, PROGRAMS.keyManager.file)
after(() => rm(directory, { recursive: true, force: true }))
const hosts: ChildProcess[] = []
afterEach(() => {
  for (const host of hosts.splice(0)) host.kill("SIGKILL")
  for (const pid of [...pidsOf(program), ...pidsOf(manager), ...pidsOf(program, "engine")]) process.kill(pid, "SIGKILL")
})

const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
  return Number(fields[11]) + Number(fields[12])
}

async function until(what: string, holds: () => boolean, deadlineMs: number): Promise<void> {
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; ) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`${what} in ${deadlineMs} ms`)
}

/** A host, its core, and its engine in the middle of an endless loop. */
async function computing(): Promise<{ host: ChildProcess; core: number; engine: number }> {
  const host = spawn(process.execPath, [HOST, directory], { stdio: ["ignore", "pipe", "inherit"] })
  hosts.push(host)
  await once(host.stdout!, "data")
  const [core] = pidsOf(program)
  const [engine] = pidsOf(program, "engine")
  const before = ticksOf(engine!)
  await until("the engine computes", () => ticksOf(engine!) > before + 20, 20_000)
  return { host, core: core!, engine: engine! }
}

const noneLeft = () => [...pidsOf(program), ...pidsOf(program, "engine"), ...pidsOf(manager)].length === 0

describe("in the middle of a computation without end", { skip: canEndWithParent() ? false : "no setpriv here" }, () => {
  it("core, engine and key manager end with a host that is killed", async () => {
    const { host } = await computing()
    host.kill("SIGKILL")
    await until("everything has ended", noneLeft, END_MS)
  })

  it("the engine ends with a core that is killed, also when no host is left to see to it", async () => {
    const { host, core, engine } = await computing()
    host.kill("SIGSTOP")
    process.kill(core, "SIGKILL")
    await until("the engine has ended", () => !pidsOf(program, "engine").includes(engine), END_MS)
    host.kill("SIGKILL")
    await until("everything has ended", noneLeft, END_MS)
  })
})
