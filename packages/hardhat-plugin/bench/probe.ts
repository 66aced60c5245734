import path from "node:path"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"

const examples = path.resolve(import.meta.dirname, "../../../examples")
const { default: config } = await import(path.join(examples, "hardhat.config.ts"))
const hre = await createHardhatRuntimeEnvironment(
  config,
  { config: path.join(examples, "hardhat.config.ts") },
  examples,
)
const t0 = performance.now()
const lap = (what: string) => console.log(what.padEnd(40), (performance.now() - t0).toFixed(0))
const { ethers, enigma, provider } = await hre.network.create()
lap("create")
const c0 = process.cpuUsage()
await enigma.start()
lap("start")
const [alice] = await ethers.getSigners()
const place = await enigma.predictAddress("Millionaires")
lap("predict (client + fund)")
const registry = await ethers.deployContract("RichestRegistry", [place])
lap("registry")
const m = await enigma.deploy("Millionaires", [await registry.getAddress()])
lap("deploy")
await m.addMillionaire(alice.address, 5n)
lap("first result")
const cpu = process.cpuUsage(c0)
console.log("cpu", cpu.user / 1000, cpu.system / 1000)
const t1 = performance.now(),
  c1 = process.cpuUsage()
for (let i = 0; i < 20; i++) await m.addMillionaire(alice.address, BigInt(i))
console.log("per task ms", (performance.now() - t1) / 20, "cpu", process.cpuUsage(c1).user / 20000)
await m.announceRichest({ callbackGas: 200_000n })
lap("callback")
console.log(await registry.richest())
console.log(await enigma.advanceEpoch())
lap("advanceEpoch")
process.exitCode = 0
console.log(await m.query.computeRichest(), await enigma.debug.state(m))
lap("query")
const t2 = performance.now(),
  c2 = process.cpuUsage()
for (let i = 0; i < 20; i++) await m.query.computeRichest()
console.log("per query ms", (performance.now() - t2) / 20, "cpu", process.cpuUsage(c2).user / 20000)
const snap = await provider.request({ method: "evm_snapshot", params: [] })
await m.addMillionaire(registry.target as never, 500n)
console.log(await m.query.computeRichest())
console.log(await provider.request({ method: "evm_revert", params: [snap] }))
lap("reverted")
console.log(await m.query.computeRichest())
await m.addMillionaire(registry.target as never, 501n)
console.log(await m.query.computeRichest())
lap("after revert")
