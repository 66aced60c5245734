/** Costs of parallel test workers, which are processes of their own, meet in files. */
import { randomUUID } from "node:crypto"
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { z } from "zod"
import type { Cost } from "./recorder.ts"

const Costs = z.array(
  z.object({
    contract: z.string(),
    fn: z.string(),
    gas: z.number(),
    feeGrains: z.number(),
    compute: z.number().optional(),
  }),
)

const directoryOf = (cache: string, runner: string) => path.join(cache, "enigma-costs", runner)

export async function clearCosts(cache: string, runner: string): Promise<void> {
  await rm(directoryOf(cache, runner), { recursive: true, force: true })
}

export async function saveCosts(cache: string, runner: string, costs: readonly Cost[]): Promise<void> {
  if (costs.length === 0) return
  const directory = directoryOf(cache, runner)
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, `${randomUUID()}.json`), JSON.stringify(costs))
}

export async function loadCosts(cache: string, runner: string): Promise<readonly Cost[]> {
  const directory = directoryOf(cache, runner)
  const files = await readdir(directory).catch(() => [])
  const all = await Promise.all(files.map((file) => readFile(path.join(directory, file), "utf8")))
  return all.flatMap((text) => Costs.parse(JSON.parse(text))).map((cost) => ({ ...cost, compute: cost.compute }))
}
