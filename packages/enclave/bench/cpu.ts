import { readFileSync } from "node:fs"
import { pidsOf } from "../test/support/pids.ts"

/** Linux counts a process's time in hundredths of a second. */
const TICK_S = 0.01
const ROLES = ["core", "engine"] as const
export type PerRole = Readonly<Record<(typeof ROLES)[number], number>>

const perRole = (program: string, figure: (pid: number) => number): PerRole => {
  const sum = (role: (typeof ROLES)[number]) => pidsOf(program, role).reduce((total, pid) => total + figure(pid), 0)
  return { core: sum("core"), engine: sum("engine") }
}

/** Seconds of processor time that the processes of a program have used: unlike the clock, hardly touched by other load. */
export const cpuSeconds = (program: string): PerRole =>
  perRole(program, (pid) => {
    // The fields after the command's closing bracket begin with the third; utime and stime are the 14th and 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
    return (Number(fields[11]) + Number(fields[12])) * TICK_S
  })

/** MiB resident. */
export const residentMB = (program: string): PerRole =>
  perRole(
    program,
    (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024,
  )

/** Wall-clock seconds, and processor microseconds an item and process, that `work` on so many items takes. */
export async function timed<T>(program: string, items: number, work: () => Promise<T>) {
  const before = cpuSeconds(program)
  const start = process.hrtime.bigint()
  const value = await work()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const after = cpuSeconds(program)
  const us = (role: keyof PerRole) => ((after[role] - before[role]) * 1e6) / items
  return { value, seconds, cpuUs: { core: us("core"), engine: us("engine") } }
}
