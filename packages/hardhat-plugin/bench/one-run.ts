// One run of the millionaires, as a test file makes it, in a process of its own: prints its times as one line of JSON.
import path from "node:path"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import type { NamelessEnigma } from "../src/tasks/session.ts"

const TASKS = 40
const QUERIES = 40
const configFile = path.resolve(import.meta.dirname, "../../../examples/hardhat.config.ts")

const { default: config } = await import(configFile)
const hre = await createHardhatRuntimeEnvironment(config, { config: configFile }, path.dirname(configFile))

if (!import.meta.resolve("@enigma-discovery/hardhat-plugin").includes("/dist/"))
  throw new Error("This measures the built packages; run it without the condition @enigma/source.")

const startedAt = performance.now()
const connection = await hre.network.create()
const enigma = connection.enigma as unknown as NamelessEnigma & Pick<typeof connection.enigma, "predictAddress">
const { ethers } = connection
const [alice] = await ethers.getSigners()
const registry = await ethers.deployContract("RichestRegistry", [await enigma.predictAddress("Millionaires" as never)])
const millionaires = await enigma.deploy("Millionaires", [await registry.getAddress()], {})
const add = millionaires.getFunction("addMillionaire")
await add(alice!.address, 1n)
const createToFirstResultMs = performance.now() - startedAt

const perTaskMs = await each(TASKS, (i) => add(alice!.address, BigInt(i)))
const { computeRichest } = millionaires.query
await computeRichest!() // signs the permit that the others use
const perQueryMs = await each(QUERIES, () => computeRichest!())
await connection.close()
console.log(JSON.stringify({ createToFirstResultMs, perTaskMs, perQueryMs }))

async function each(count: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const from = performance.now()
  for (let i = 0; i < count; i++) await work(i)
  return (performance.now() - from) / count
}
