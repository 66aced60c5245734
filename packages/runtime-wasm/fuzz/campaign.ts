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
/** Times the median from which a cost is measured again. */
const DEAR = 5

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

/** What a module cost, and how to measure it again. */
type Measured = { readonly name: string; nsPerGas: number; readonly again: () => number }
const byCost = (a: Measured, b: Measured): number => a.nsPerGas - b.nsPerGas
const medianOf = (sorted: readonly Measured[]): number => sorted[sorted.length >> 1]?.nsPerGas ?? 0

class Tally {
  readonly ends: Record<string, number> = {}
  readonly wrong: string[] = []
  slowestPrepareMs = 0
  slowestCallMs = 0
  readonly #all: Measured[] = []

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
    if (attempt.nsPerGas > 0)
      this.#all.push({ name, nsPerGas: attempt.nsPerGas, again: () => tryModule(code, gas).nsPerGas })
  }

  /**
   * What looks dear is measured again when all is done, for the least of its times: the first modules of a run are called
   * by cold code, which takes 30 times as long, and the machine has other work, too.
   */
  #settled(): readonly Measured[] {
    const median = medianOf(this.#all.toSorted(byCost))
    for (const measured of this.#all)
      for (let i = 0; i < RETRIES && measured.nsPerGas > DEAR * median; i++)
        measured.nsPerGas = Math.min(measured.nsPerGas, measured.again())
    return this.#all.toSorted(byCost)
  }

  result(mutants: number): CampaignResult {
    const sorted = this.#settled()
    const medianNsPerGas = medianOf(sorted)
    const dearest = sorted
      .slice(-5)
      .reverse()
      .map(({ name, nsPerGas }) => ({ name, nsPerGas }))
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
