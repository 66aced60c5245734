/** A Hardhat project in a folder of its own, inside this repository so that it finds its packages. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import path from "node:path"
import type { HardhatUserConfig } from "hardhat/config"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre"
import enigma from "../../src/index.ts"

const require = createRequire(import.meta.url)
const SCRATCH = path.resolve(import.meta.dirname, "../../../../node_modules/.cache")

export interface Project {
  readonly root: string
  write(file: string, text: string): Promise<void>
  hardhat(config?: HardhatUserConfig): Promise<HardhatRuntimeEnvironment>
}

export const solidity = {
  version: require("solc/package.json").version as string,
  path: require.resolve("solc/soljson.js"),
}

/** Gone when the test is over. */
export async function newProject(t: { after(remove: () => Promise<void>): void }): Promise<Project> {
  await mkdir(SCRATCH, { recursive: true })
  const root = await mkdtemp(path.join(SCRATCH, "plugin-"))
  t.after(() => rm(root, { recursive: true, force: true }))
  const write = async (file: string, text: string) => {
    const at = path.join(root, file)
    await mkdir(path.dirname(at), { recursive: true })
    await writeFile(at, text)
  }
  await write("package.json", JSON.stringify({ name: "project", private: true, type: "module" }))
  const hardhat = (config: HardhatUserConfig = {}) =>
    createHardhatRuntimeEnvironment({ solidity, ...config, plugins: [enigma, ...(config.plugins ?? [])] }, {}, root)
  return { root, write, hardhat }
}

export const COUNTER = `import { u256, Value } from "@enigma-discovery/sdk-as/assembly"

@contract
export class Counter {
  total: Value<u256>

  @call
  add(by: u256): u256 {
    this.total.set(this.total.get() + by)
    return this.total.get()
  }

  @view
  current(): u256 {
    return this.total.get()
  }
}
`

/** Traps where its argument is zero: in a function that others call, from a call, a query and the constructor. */
export const DIVIDER = `import { Value } from "@enigma-discovery/sdk-as/assembly"

function share(total: u64, among: u64): u64 {
  return total / among
}

@contract
export class Divider {
  total: Value<u64>

  @construct
  construct(among: u64): void {
    this.total.set(share(100, among))
  }

  @call
  divide(among: u64): u64 {
    this.total.set(share(this.total.get(), among))
    return this.total.get()
  }

  @view
  shareOf(among: u64): u64 {
    return share(this.total.get(), among)
  }
}
`
