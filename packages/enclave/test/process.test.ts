import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import path from "node:path"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { checkDevQuote, trustHash } from "@enigma-discovery/verify"
import { detectIsolation } from "../src/host/isolation.ts"
import { startWorkerEnclave } from "../src/host/start.ts"
import { frameOf } from "../src/pipe/frames.ts"
import { nodeArguments } from "../src/pipe/node-arguments.ts"
import { lab, quoting, TestNetwork } from "./support/network.ts"
import { pidsOf } from "./support/pids.ts"
import { keyManagerProgram, processes, programDirectory, workerProgram } from "./support/processes.ts"
import { refuses } from "./support/refuses.ts"

/** Runs a script as an enclave program would be run (an engine, or with `mayFork` a core), and returns what it printed. */
async function inside(script: string, mayFork = false): Promise<string> {
  const file = path.join(programDirectory, `${toHex(keccak256(utf8Bytes(script))).slice(2, 12)}.mjs`)
  await writeFile(file, script)
  const [command, args] = detectIsolation().command(process.execPath, nodeArguments(file, 128, mayFork))
  const { stdout, stderr } = spawnSync(command, args, { env: {}, cwd: "/", encoding: "utf8", timeout: 20_000 })
  return stdout.trim() || stderr
}

describe("an enclave process", () => {
  it("has no files, no environment, no arguments of ours, no children, no addons and no evaluated code", async () => {
    const attempts = {
      read: "(await import('node:fs')).readFileSync('/etc/passwd')",
      write: "(await import('node:fs')).writeFileSync('/tmp/leak', 'x')",
      sqlite: "await import('node:sqlite')",
      child: "(await import('node:child_process')).execSync('true')",
      thread: "new (await import('node:worker_threads')).Worker('', { eval: true })",
      wasi: "new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } })",
      evaluate: "new Function('return 1')()",
      intrinsics: "Object.defineProperty(Array.prototype, 'map', { value: 1 })",
    }
    for (const [what, code] of Object.entries(attempts)) {
      const printed = await inside(
        `try { ${code}; console.log("ALLOWED") } catch (e) { console.log("refused", e.code ?? e.name) }`,
      )
      assert.match(printed, /^refused/, `${what}: ${printed}`)
    }
    // A worker's core may start its engines, and still nothing else.
    for (const what of ["read", "write", "sqlite", "thread", "wasi", "evaluate", "intrinsics"] as const) {
      const script = `try { ${attempts[what]}; console.log("ALLOWED") } catch (e) { console.log("refused") }`
      assert.match(await inside(script, true), /^refused/, what)
    }
    const world = JSON.parse(
      await inside(
        "console.log(JSON.stringify({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd() }))",
      ),
    ) as { env: Record<string, string>; argv: string[]; cwd: string }
    assert.deepEqual(world.argv, [])
    assert.equal(world.cwd, "/")
    assert.deepEqual(
      Object.keys(world.env).filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name)),
      [],
    )
  })

  it("has no network where a namespace can be made, and no core file", async () => {
    const { status } = detectIsolation()
    if (status.network === "none") {
      const printed = await inside(
        "const s = (await import('node:net')).connect(80, '1.1.1.1'); s.on('error', (e) => { console.log(e.code); process.exit(0) })",
      )
      assert.equal(printed, "ENETUNREACH")
      assert.equal(await inside("console.log(Object.keys((await import('node:os')).networkInterfaces()).length)"), "0")
    } else
      assert.ok(
        status.notes.some((note) => note.includes("network namespace")),
        "the status says why not",
      )
    const limits = spawnSync("/bin/sh", ["-c", 'ulimit -c 0; exec "$@"', "sh", "/bin/sh", "-c", "ulimit -c"], {
      encoding: "utf8",
    })
    assert.equal(limits.stdout.trim(), "0")
  })

  it("runs, core and engine and key manager alike, with these flags and walls and nothing open but its pipes", async (t) => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    t.after(() => network.stop())
    const { status } = detectIsolation()
    const running = [
      ...pidsOf(workerProgram.file).map((pid) => ({ pid, mayFork: true, heapMb: 512 })),
      ...pidsOf(workerProgram.file, "engine").map((pid) => ({ pid, mayFork: false, heapMb: 384 })),
      ...pidsOf(keyManagerProgram.file).map((pid) => ({ pid, mayFork: false, heapMb: 512 })),
    ]
    assert.equal(running.length, 4)
    for (const { pid, mayFork, heapMb } of running) {
      const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8")
      const flags = read("cmdline")
        .split("\0")
        .filter((argument) => argument.startsWith("--"))
      const file = read("cmdline").includes(workerProgram.file) ? workerProgram.file : keyManagerProgram.file
      assert.deepEqual(flags, [
        ...["--permission", `--allow-fs-read=${file}`],
        ...(mayFork ? ["--allow-child-process"] : []),
        ...["--no-experimental-sqlite", "--no-addons", "--disallow-code-generation-from-strings"],
        ...["--frozen-intrinsics", "--no-warnings", `--max-old-space-size=${heapMb}`],
      ])
      assert.match(read("limits"), /Max core file size\s+0\s/)
      const names = read("environ")
        .split("\0")
        .map((entry) => entry.split("=")[0]!)
      assert.deepEqual(
        names.filter((name) => !["", "PWD", "_", "SHLVL", "OLDPWD"].includes(name)),
        [],
      )
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      // A core's pipes to its engine are socket pairs, as Node makes them: unnamed, and within the machine.
      const allowed = /^(pipe:|socket:|anon_inode:|\/dev\/(null|urandom)$)/
      assert.deepEqual(
        open.filter((target) => !allowed.test(target)),
        [],
      )
      const ours = readlinkSync("/proc/self/ns/net")
      assert.equal(readlinkSync(`/proc/${pid}/ns/net`) !== ours, status.network === "none", "its own empty network")
      if (status.network === "none")
        assert.equal(
          read("net/dev")
            .split("\n")
            .filter((line) => /^\s*(?!lo)\w+:/.test(line)).length,
          0,
        )
    }
    await network.stop()
  })

  it("is bounded: one that fills its heap ends, and nobody else with it", async () => {
    const grown = "const all = []; for (;;) all.push(new Array(100_000).fill(Math.random()))"
    const file = path.join(programDirectory, "grows.mjs")
    await writeFile(file, grown)
    const [command, args] = detectIsolation().command(process.execPath, nodeArguments(file, 64, false))
    const { status, signal } = spawnSync(command, args, { env: {}, cwd: "/", timeout: 60_000, stdio: "ignore" })
    assert.ok(signal === "SIGABRT" || status === 134, `${status} ${signal}`)
  })

  it("is not started when it is another program", async () => {
    const altered = path.join(programDirectory, "altered.mjs")
    await writeFile(altered, "process.exit(0)\n")
    const { measurement } = workerProgram
    await refuses("ENCLAVE_WRONG_MEASUREMENT", () => startWorkerEnclave({ program: altered, measurement, quoting }))
    const program = path.join(programDirectory, "absent.mjs")
    await refuses("ENCLAVE_START_FAILED", () => startWorkerEnclave({ program, measurement, quoting }))
  })

  it("tells its measurement, the isolation in force and what makes a header true to it", async () => {
    const fresh = await processes.worker()
    assert.equal(fresh.status().headerTrust, "none yet")
    await fresh.stop()
    const network = await TestNetwork.start({ backend: processes, workers: 1 })
    for (const [enclave, program] of [
      [network.worker(1), workerProgram],
      [network.manager, keyManagerProgram],
    ] as const) {
      const { measurement, isolation, headerTrust } = enclave.status()
      assert.deepEqual(measurement, program.measurement)
      assert.deepEqual([isolation.form, isolation.filesystem, headerTrust], ["process", "none", "witness 1 of 1"])
      assert.deepEqual(isolation, detectIsolation().status)
    }
    await network.stop()
  })

  it("gets a quote that names its program and keys", async () => {
    const network = await TestNetwork.start({ backend: processes, workers: 1 })
    const operator = new Uint8Array(20).fill(0x0e)
    const raw = await network.worker(1).quote(operator)
    const policy = {
      chainId: network.config.chainId,
      devRoot: quoting.root,
      measurements: [workerProgram.measurement],
      minSecurityVersion: 1,
      maxAgeS: 60n,
      nowS: 1_700_000_000n,
    }
    const { signer, encryptionKey } = network.identities.get(1)!
    const report = { role: "worker", operator, signer, encryptionKey, trustHash: trustHash(network.config) } as const
    assert.deepEqual(checkDevQuote(raw, policy, network.config, report).measurement, workerProgram.measurement)
    await network.stop()
  })

  it("that is killed ends its calls with an error, and its successor gives the same bytes", async () => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    const tasks = network.record({ calldata: lab.count() }, { calldata: lab.random() })
    const before = await network.execute(1, tasks)
    const [worker] = network.workers
    const pid = pidsOf(workerProgram.file)[0]!
    const spinning = network.record({
      calldata: lab.spin(),
      fields: { gasLimit: 200_000_000_000n, gasPriceGrains: 1n },
    })
    const waiting = network.execute(1, spinning).catch((error: Error) => error)
    await network
      .worker(2)
      .queue(network.contract)
      .catch(() => undefined)
    process.kill(-pid, "SIGKILL")
    const { expected, detail } = await worker!.enclave.ended
    assert.deepEqual([expected, detail.includes("SIGKILL")], [false, true])
    assert.equal(((await waiting) as Error).name, "ENCLAVE_ENDED")
    await refuses("ENCLAVE_ENDED", () => worker!.enclave.queue(network.contract))
    network.openEpoch(2)
    await network.equip(2)
    await network.worker(2).replay(network.contract, network.deltas)
    const after = await network.execute(2, tasks)
    assert.deepEqual(
      after.map(({ output }) => output),
      before.map(({ output }) => output),
    )
    await network.stop()
  })

  it("that gets nonsense on its input ends, and one whose host goes away ends", async () => {
    const [command, args] = detectIsolation().command(process.execPath, nodeArguments(workerProgram.file, 256, true))
    for (const input of [Uint8Array.of(0xff, 0xff, 0xff, 0xff), frameOf(new Uint8Array(9)), new Uint8Array(0)]) {
      const child = spawn(command, args, { env: {}, cwd: "/", stdio: ["pipe", "pipe", "pipe"] })
      child.stdin.on("error", () => undefined)
      const output: Buffer[] = []
      child.stderr.on("data", (chunk: Buffer) => output.push(chunk))
      child.stdin.end(input)
      await once(child, "close")
      assert.equal(Buffer.concat(output).toString(), "", "it ends without a word")
    }
  })

  it("is started with an empty environment and leaves no process behind", async () => {
    const network = await TestNetwork.start({ backend: processes, workers: 1 })
    const [pid] = pidsOf(workerProgram.file)
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean)
    assert.deepEqual(
      environment.filter((entry) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(entry)),
      [],
    )
    await network.stop()
    assert.deepEqual(pidsOf(workerProgram.file), [])
  })
})
