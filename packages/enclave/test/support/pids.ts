import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync } from "node:fs"

/** Processes that run a program file, oldest first: cores, or with `role` the engines. */
export function pidsOf(file: string, role: "core" | "engine" = "core"): readonly number[] {
  assert.ok(existsSync("/proc"), "this test reads /proc")
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && runs(pid, file, role))
    .sort((a, b) => a - b)
}

function runs(pid: number, file: string, role: "core" | "engine"): boolean {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean)
    return role === "core" ? args.at(-1) === file : args.at(-1) === "engine" && args.at(-2) === file
  } catch {
    return false // it ended meanwhile
  }
}
