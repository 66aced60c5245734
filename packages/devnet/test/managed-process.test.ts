import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { devnetErrors } from "../src/errors.ts"
import { type Guardian, startGuardian } from "../src/internal/guardian.ts"
import { startProcess } from "../src/internal/managed-process.ts"
import { alive, identify, type ProcessIdentity } from "../src/internal/process-tree.ts"

const fixture = (name: string) => path.join(import.meta.dirname, "fixtures", `${name}.ts`)
const running = (pids: readonly number[]): ProcessIdentity[] => pids.flatMap((pid) => identify(pid) ?? [])

/** Waits for a condition that no event tells, with a deadline. */
async function until(what: string, condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !condition(); await delay(20)) {
    assert.ok(Date.now() < deadline, `${what} within ${timeoutMs} ms`)
  }
}

const never = new AbortController().signal
const hostOf = (guardian: Guardian, signal = never) => ({ guardian, logDirectory: guardian.directory, signal })

describe("managed process", () => {
  let guardian: Guardian
  before(async () => {
    guardian = await startGuardian()
  })
  after(async () => {
    await guardian.stop()
    assert.equal(fs.existsSync(guardian.directory), false, "the directory goes with the guardian")
  })
  const start = (name: string, args: string[] = [], ready = (line: string): string | undefined => line) =>
    startProcess(hostOf(guardian), {
      name,
      program: fixture(name),
      args,
      ready,
      readyTimeoutMs: 5_000,
      stopTimeoutMs: 300,
    })

  it("is ready when it says so, keeps its log, and stops when asked", async () => {
    const child = await start("well-behaved", [], (line) => (line === "ready" ? line : undefined))
    assert.equal(child.running, true)
    await child.stop()
    assert.deepEqual(await child.exited, { code: 0, signal: null })
    assert.match(child.tail(), /a line on standard error/)
    assert.match(child.tail(), /ready/)
    await child.stop() // once more changes nothing
  })

  it("kills a tree whose members ignore signals and have sessions of their own", async () => {
    const child = await start("stubborn", ["2"])
    const tree = running([child.pid, ...(JSON.parse(child.ready) as number[])])
    assert.equal(tree.length, 3)
    await child.kill()
    assert.deepEqual(alive(tree), [])
    assert.equal(child.running, false)
  })

  it("ends the rest of the tree when its root dies alone", async () => {
    const child = await start("stubborn", ["1"])
    const tree = running([child.pid, ...(JSON.parse(child.ready) as number[])])
    assert.equal(tree.length, 2)
    process.kill(tree[1]!.pid, "SIGSTOP") // also one that cannot react
    await child.stop()
    assert.deepEqual(alive(tree), [])
  })

  it("reports one that ends early with the end of its log", async () => {
    await assert.rejects(start("fails"), (error: unknown) => {
      assert.ok(devnetErrors.is(error, "PROCESS_EXITED"))
      assert.match(String(error.data.logTail), /the reason it gives/)
      return true
    })
  })

  it("reports one that is never ready, and leaves nothing of it", async () => {
    const before = fs.readdirSync(guardian.directory)
    const spec = {
      name: "never",
      program: fixture("stubborn"),
      args: ["0"],
      ready: () => undefined,
      readyTimeoutMs: 500,
    }
    let pid = 0
    const watching: Guardian = {
      ...guardian,
      watch: (child) => {
        pid = child
        guardian.watch(child)
      },
    }
    await assert.rejects(startProcess(hostOf(watching), spec), (error: unknown) =>
      devnetErrors.is(error, "PROCESS_NOT_READY"),
    )
    assert.ok(pid > 0)
    assert.equal(identify(pid), undefined)
    assert.ok(fs.readdirSync(guardian.directory).length > before.length, "its log is kept")
  })

  it("kills what is starting when the network is not wanted any more", async () => {
    const ending = new AbortController()
    const spec = { name: "starting", program: fixture("stubborn"), args: ["0"], ready: () => undefined }
    let pid = 0
    const watching: Guardian = {
      ...guardian,
      watch: (child) => {
        pid = child
        guardian.watch(child)
        ending.abort(new Error("enough"))
      },
    }
    const host = hostOf(watching, ending.signal)
    await assert.rejects(startProcess(host, spec), /enough/)
    assert.ok(pid > 0)
    assert.equal(identify(pid), undefined)
    pid = 0
    await assert.rejects(startProcess(host, spec), /enough/)
    assert.equal(pid, 0, "nothing new is started")
  })

  for (const name of ["well-behaved", "stubborn"]) {
    it(`leaves nothing of a ${name} child when the launcher is killed`, async () => {
      const launcher = spawn(process.execPath, [fixture("launcher"), fixture(name), "1"], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      const [data] = await once(launcher.stdout, "data")
      const { directory, pids } = JSON.parse(String(data)) as { directory: string; pids: number[] }
      const tree = running(pids)
      assert.equal(tree.length, name === "stubborn" ? 2 : 1)
      launcher.kill("SIGKILL")
      await until("all ended", () => alive(tree).length === 0)
      await until("directory removed", () => !fs.existsSync(directory))
    })
  }

  it("a child ends by itself when launcher and guardian are killed together", async () => {
    const launcher = spawn(process.execPath, [fixture("launcher"), fixture("well-behaved")], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const [data] = await once(launcher.stdout, "data")
    const { directory, pids, guardianPid } = JSON.parse(String(data)) as {
      directory: string
      pids: number[]
      guardianPid: number
    }
    const tree = running(pids)
    assert.equal(tree.length, 1)
    process.kill(guardianPid, "SIGKILL")
    launcher.kill("SIGKILL")
    await until("it ended", () => alive(tree).length === 0)
    fs.rmSync(directory, { recursive: true })
  })
})
