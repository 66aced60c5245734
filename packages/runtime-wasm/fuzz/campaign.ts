import { readFileSync } from "node:fs"
import { Random, randomModule } from "../test/support/random-module.ts"
import { mutate } from "./mutate.ts"
import { type Attempt, tryModule } from "./try-module.ts"
import { WORST_CASES } from "./worst-cases.ts"

const GAS = 200_000n
/** Programs pay more for their instance alone. */
const PROGRAM_GAS = 1_000_000n
/** Hand-made cases get more, so that what they do dwarfs the making of an instance. */
const WORST_CASE_GAS = 50_000_000n
const RETRIES = 5

export type Dear = { readonly name: string; readonly nsPerGas: number }
export type CampaignResult = {
  readonly mutants: number
  /** How mutants ended: refusals by code, traps by kind. */
  readonly ends: Readonly<Record<string, number>>
  /** What was neither a typed refusal nor an outcome, or not the outcome expected. */
  readonly wrong: readonly string[]
  readonly slowestPrepareMs: number
  readonly slowestCallMs: number
  readonly medianNsPerGas: number
  /** The dearest of all, and how many times the median it costs. */
  readonly dearest: readonly Dear[]
  readonly dearestRatio: number
}

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../test/fixtures/wasi/${name}.wasm`, import.meta.url)))

type Base = { readonly code: Uint8Array; readonly gas: bigint }

/** Two programs of real compilers, small hand-made cases, and generated modules, which are most. */
function bases(): (random: Random) => Base {
  const programs = [fixture("visits"), fixture("words")]
  const small = WORST_CASES.map(({ make }) => make()).filter((code) => code.length < 4_000)
  return (random) =>
    random.chance(3)
      ? { code: random.pick(programs), gas: PROGRAM_GAS }
      : { code: random.chance(15) ? random.pick(small) : randomModule(1 + random.below(2_000)), gas: GAS }
}

class Tally {
  readonly ends: Record<string, number> = {}
  readonly wrong: string[] = []
  slowestPrepareMs = 0
  slowestCallMs = 0
  readonly #all: Dear[] = []

  /** Runs and notes; what looks dear is run again, for the least of all times, as the machine has other work, too. */
  attempt(name: string, code: Uint8Array, gas: bigint, want?: string): void {
    let attempt: Attempt
    try {
      attempt = tryModule(code, gas)
    } catch (error) {
      this.wrong.push(`${name}: ${error instanceof Error ? error.stack : error}`)
      return
    }
    if (want === undefined) this.ends[attempt.ends] = (this.ends[attempt.ends] ?? 0) + 1
    else if (want !== attempt.ends) this.wrong.push(`${name}: ${attempt.ends}, not ${want}`)
    this.slowestPrepareMs = Math.max(this.slowestPrepareMs, attempt.prepareMs)
    this.slowestCallMs = Math.max(this.slowestCallMs, attempt.callMs)
    let { nsPerGas } = attempt
    if (nsPerGas === 0) return
    for (let i = 0; i < RETRIES && nsPerGas > 5 * this.median(); i++)
      nsPerGas = Math.min(nsPerGas, tryModule(code, gas).nsPerGas)
    this.#all.push({ name, nsPerGas })
  }

  #median = Number.POSITIVE_INFINITY
  #medianOf = 0
  median(): number {
    if (this.#all.length >= 2 * this.#medianOf + 20) {
      this.#medianOf = this.#all.length
      this.#median = this.#sorted()[this.#all.length >> 1]!.nsPerGas
    }
    return this.#median
  }
  #sorted(): Dear[] {
    return this.#all.toSorted((a, b) => a.nsPerGas - b.nsPerGas)
  }

  result(mutants: number): CampaignResult {
    const sorted = this.#sorted()
    const medianNsPerGas = sorted[sorted.length >> 1]?.nsPerGas ?? 0
    const dearest = sorted.slice(-5).reverse()
    return {
      mutants,
      ends: this.ends,
      wrong: this.wrong,
      slowestPrepareMs: this.slowestPrepareMs,
      slowestCallMs: this.slowestCallMs,
      medianNsPerGas,
      dearest,
      dearestRatio: (dearest[0]?.nsPerGas ?? 0) / medianNsPerGas,
    }
  }
}

/** Mutants by seed. The seed is the mutant: `seed 17` in a result can be made again alone. */
export function mutants(firstSeed: number, count: number, onSeed: (seed: number) => void = () => {}): CampaignResult {
  return throwMutants(new Tally(), firstSeed, count, onSeed).result(count)
}

/** Mutants by seed, then every hand-made case. */
export function campaign(firstSeed: number, count: number, onSeed: (seed: number) => void): CampaignResult {
  const tally = throwMutants(new Tally(), firstSeed, count, onSeed)
  for (const { name, make, ends } of WORST_CASES) tally.attempt(name, make(), WORST_CASE_GAS, ends)
  return tally.result(count)
}

function throwMutants(tally: Tally, firstSeed: number, count: number, onSeed: (seed: number) => void): Tally {
  const baseOf = bases()
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    onSeed(seed)
    const random = new Random(seed)
    const { code, gas } = baseOf(random)
    tally.attempt(`seed ${seed}`, mutate(code, random), gas)
  }
  return tally
}
