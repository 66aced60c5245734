import { instrument } from "../../packages/runtime-wasm/src/internal/instrument.ts"
import type { PlanOptions } from "../../packages/runtime-wasm/src/internal/plan-function.ts"
import { ALL_OPTIMISATIONS } from "../../packages/runtime-wasm/src/internal/plan-module.ts"
import { compileKernel, KERNELS } from "./compile-kernels.ts"

const GAS_EXPORT = "__enigma_gas"
const ENOUGH = 1n << 62n

type Entry = { readonly call: () => void }

function entry(bytes: Uint8Array): Entry {
  const module = new WebAssembly.Module(bytes as BufferSource)
  return {
    call() {
      const { exports } = new WebAssembly.Instance(module, {})
      const gas = exports[GAS_EXPORT] as WebAssembly.Global | undefined
      if (gas !== undefined) gas.value = ENOUGH
      ;(exports.__enigma_start as (() => void) | undefined)?.()
      ;(exports.call as () => void)()
    },
  }
}

/** Least time of a call in milliseconds, the candidates in turn so that the machine's moods fall on all. */
function race(entries: readonly Entry[], rounds: number): number[] {
  const best = entries.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    entries.forEach(({ call }, i) => {
      const start = performance.now()
      call()
      best[i] = Math.min(best[i]!, performance.now() - start)
    })
  }
  return best
}

const geomean = (values: readonly number[]): number => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length)

const DESIGNS: Readonly<Record<string, PlanOptions>> = {
  blocks: { regions: false, locals: false, prepay: false },
  "+regions": { regions: true, locals: false, prepay: false },
  "+prepay": { regions: true, locals: false, prepay: true },
  all: ALL_OPTIMISATIONS,
}

export async function benchRuntime(designs: boolean) {
  const out: Record<string, Record<string, number>> = {}
  for (const name of KERNELS) {
    const code = await compileKernel(name)
    const options = Object.entries(designs ? DESIGNS : { all: ALL_OPTIMISATIONS })
    const entries = [entry(code), ...options.map(([, o]) => entry(instrument(code, false, o).bytes))]
    const [plain, ...metered] = race(entries, 25)
    out[name] = { plainMs: plain! }
    options.forEach(([design], i) => { out[name]![design] = metered[i]! / plain! })
  }
  const all = Object.fromEntries(Object.keys(designs ? DESIGNS : { all: 1 }).map((d) => [d, geomean(Object.values(out).map((o) => o[d]!))]))
  return { out, all }
}
