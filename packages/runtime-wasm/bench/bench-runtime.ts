import { instrument } from "../src/internal/instrument.ts"
import { ALL_OPTIMISATIONS, type PlanOptions } from "../src/internal/plan-module.ts"
import { compileKernel, KERNELS } from "./compile-kernels.ts"
import { geomean, race } from "./race.ts"
import { benchContract } from "./real-contract.ts"

export type RuntimeBench = {
  /** Time of the metered module over that of the untouched one. */
  readonly kernels: Readonly<Record<string, number>>
  readonly geomean: number
  /** Original bytes through the whole pass, V8's compilation not counted. */
  readonly instrumentMBps: number
  /** One call of the millionaires contract on a fresh instance, metered over untouched. */
  readonly realContractRatio: number
  readonly instantiateUs: number
  readonly callUs: number
}

/** Designs of the meter, from the plainest to the one in use; `npm run bench:runtime -- --designs` compares them. */
const DESIGNS: Readonly<Record<string, PlanOptions>> = {
  "each block charged, each function tested": { regions: false, prepay: false },
  "regions charged once": { regions: true, prepay: false },
  "and callers pay for first regions": ALL_OPTIMISATIONS,
}

const ROUNDS = 25
const ENOUGH_GAS = 1n << 62n

/** A module as something to be called: a fresh instance every time, with gas where it wants some. */
function runner(bytes: Uint8Array): () => void {
  const module = new WebAssembly.Module(bytes as BufferSource)
  return () => {
    const { exports } = new WebAssembly.Instance(module, {})
    const gas = exports.__enigma_gas
    if (gas instanceof WebAssembly.Global) gas.value = ENOUGH_GAS
    for (const name of ["__enigma_start", "call"]) {
      const start = exports[name]
      if (typeof start === "function") start()
    }
  }
}

const ratios = (code: Uint8Array, designs: readonly PlanOptions[]): number[] => {
  const metered = designs.map((options) => runner(instrument(code, false, options).bytes))
  const [plain, ...times] = race([runner(code), ...metered], ROUNDS)
  return times.map((time) => time / plain!)
}

function instrumentSpeed(modules: readonly Uint8Array[]): number {
  const bytes = modules.reduce((sum, code) => sum + code.length, 0)
  const all = () => {
    for (const code of modules) instrument(code, false)
  }
  const [ms] = race([all], 200)
  return bytes / 1e3 / ms!
}

export async function benchRuntime(): Promise<RuntimeBench> {
  const modules = await Promise.all(KERNELS.map(compileKernel))
  const kernels = Object.fromEntries(KERNELS.map((name, i) => [name, ratios(modules[i]!, [ALL_OPTIMISATIONS])[0]!]))
  const contract = await benchContract()
  return {
    kernels,
    geomean: geomean(Object.values(kernels)),
    instrumentMBps: instrumentSpeed([...modules, contract.code]),
    realContractRatio: contract.ratio,
    instantiateUs: contract.instantiateUs,
    callUs: contract.callUs,
  }
}

export async function compareDesigns(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const table: Record<string, Record<string, number>> = Object.fromEntries(
    Object.keys(DESIGNS).map((name) => [name, {}]),
  )
  for (const kernel of KERNELS) {
    const measured = ratios(await compileKernel(kernel), Object.values(DESIGNS))
    for (const [i, name] of Object.keys(DESIGNS).entries()) table[name]![kernel] = measured[i]!
  }
  for (const row of Object.values(table)) row.geomean = geomean(Object.values(row))
  return table
}
