/**
 * Which processes belong to one we started: its descendants and the members of their process groups, found in the
 * system's process table. A pid alone may be reused, so a process is known by pid and start time.
 */
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

const POLL_MS = 20

export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process only. */
  readonly startedAt: string
}

interface ProcessEntry extends ProcessIdentity {
  readonly parentPid: number
  readonly groupId: number
}

/** One line of /proc/<pid>/stat (proc(5)): the name in parentheses may itself hold spaces and parentheses. */
function parseStat(stat: string): (ProcessEntry & { state: string }) | undefined {
  const nameEnd = stat.lastIndexOf(")")
  const pid = Number.parseInt(stat, 10)
  // Fields from 3 on: state, ppid, pgrp, ..., starttime (field 22).
  const fields = stat.slice(nameEnd + 2).split(" ")
  const [state, parentPid, groupId] = fields
  const startedAt = fields[19]
  if (nameEnd < 0 || !state || !startedAt) return undefined
  return { pid, parentPid: Number(parentPid), groupId: Number(groupId), startedAt, state }
}

function listFromProc(): ProcessEntry[] {
  const entries: ProcessEntry[] = []
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue
    try {
      const entry = parseStat(fs.readFileSync(`/proc/${name}/stat`, "utf8"))
      if (entry && entry.state !== "Z" && entry.state !== "X") entries.push(entry) // a zombie is dead already
    } catch {
      // It ended while we looked.
    }
  }
  return entries
}

function listFromPs(): ProcessEntry[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8" }).split("\n")
  return lines.flatMap((line) => {
    const [pid, parentPid, groupId, state, ...started] = line.trim().split(/\s+/)
    if (!pid || !state || state.startsWith("Z")) return []
    return [{ pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId), startedAt: started.join(" ") }]
  })
}

const listProcesses = (): ProcessEntry[] => (fs.existsSync("/proc/self/stat") ? listFromProc() : listFromPs())

/** @returns the identity of a running process, or undefined when there is none with this pid */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = listProcesses().find((entry) => entry.pid === pid)
  return found && { pid: found.pid, startedAt: found.startedAt }
}

/** Whether one of these very processes still runs. */
export function alive(processes: readonly ProcessIdentity[]): ProcessIdentity[] {
  const running = new Map(listProcesses().map((entry) => [entry.pid, entry.startedAt]))
  return processes.filter(({ pid, startedAt }) => running.get(pid) === startedAt)
}

/**
 * The tree of `root`: itself, its descendants and everyone in a process group that one of them leads; also when the root
 * is dead, whose group outlives it. `known` are processes counted in from an earlier look, whose parents may be gone.
 */
export function treeOf(root: ProcessIdentity, known: readonly ProcessIdentity[] = []): ProcessIdentity[] {
  const table = listProcesses()
  const rootNow = table.find((entry) => entry.pid === root.pid)
  if (rootNow && rootNow.startedAt !== root.startedAt) return alive(known) // the pid belongs to a stranger now
  const members = new Set([root.pid, ...alive(known).map(({ pid }) => pid)])
  for (let before = 0; before !== members.size; ) {
    before = members.size
    for (const entry of table) if (members.has(entry.parentPid) || members.has(entry.groupId)) members.add(entry.pid)
  }
  return table.filter((entry) => members.has(entry.pid)).map(({ pid, startedAt }) => ({ pid, startedAt }))
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/**
 * SIGKILLs the whole tree and waits until nobody of it is left.
 * @returns the processes that are still there after `timeoutMs` (none, unless the system itself is stuck)
 */
export async function killTree(root: ProcessIdentity, timeoutMs: number): Promise<readonly ProcessIdentity[]> {
  const deadline = Date.now() + timeoutMs
  let left = treeOf(root)
  while (left.length > 0) {
    for (const { pid } of left) signal(pid, "SIGKILL")
    if (Date.now() > deadline) return left
    await delay(POLL_MS) // no event tells the end of a process that is not our child
    left = treeOf(root, left)
  }
  return []
}
