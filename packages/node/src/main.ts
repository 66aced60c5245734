#!/usr/bin/env node
/** One process, one role: `node main.ts --config file.json`. Events on standard output, logs on standard error. */
import { mkdirSync } from "node:fs"
import type { NodeConfig } from "./config.ts"
import { readConfigFile } from "./config-file.ts"
import { systemClock } from "./deps.ts"
import { printEvent, writeEventFile } from "./events.ts"
import { createLogger, errorFields, type Logger, lineWriter } from "./log.ts"
import { configPathOf, reportFailure, untilAskedToStop } from "./process.ts"
import { startRole } from "./roles.ts"

async function serve(config: NodeConfig, log: Logger): Promise<number> {
  const { asked, release } = untilAskedToStop(config.stopWithParent)
  const stopping = new AbortController()
  void asked.then((because) => {
    stopping.abort(new Error(`asked to stop by ${because}`))
    // What neither ends nor can be ended in twice the time of a clean stop is left to the system.
    setTimeout(() => process.exit(1), 2 * config.stopTimeoutMs).unref()
  })
  const role = await startRole(config, { log, clock: systemClock, signal: stopping.signal })
  const event = role.kept ? role.node.ready : role.event
  printEvent(event)
  if (config.readyFile !== undefined) writeEventFile(config.readyFile, event)
  if (!role.kept) {
    release()
    return 0
  }
  const end = await Promise.race([asked, role.node.failed.then((cause) => ({ cause }))])
  log.info("stopping", typeof end === "string" ? { because: end } : errorFields(end.cause))
  let clean = true
  try {
    await role.node.stop()
  } catch (error) {
    clean = false
    log.error("stop failed", errorFields(error))
  }
  release()
  if (typeof end !== "string") throw end.cause
  printEvent({ event: "stopped", clean })
  return clean ? 0 : 1
}

async function main(): Promise<number> {
  const config = readConfigFile(configPathOf(process.argv.slice(2)))
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const log = createLogger(config.log.level, lineWriter(config.log.file)).with({ role: config.role, pid: process.pid })
  return await serve(config, log)
}

process.exitCode = await main().catch(reportFailure)
