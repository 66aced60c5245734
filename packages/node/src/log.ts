/**
 * Structured logs: one JSON object a line. Only fields that are numbers, booleans, bigints, short strings or lists of them are
 * written, so that an object with a key in it cannot slip through; byte strings are never written.
 */
import { appendFileSync } from "node:fs"
import { EnigmaError } from "@enigma-discovery/protocol"

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogValue = string | number | boolean | bigint | undefined
export type LogFields = Readonly<Record<string, LogValue | readonly LogValue[]>>

export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A logger whose lines also carry `fields`. */
  with(fields: LogFields): Logger
}

const MAX_TEXT = 512

/** What of a failure may be logged: codes and the messages of our own catalogues, down the chain of causes. */
export function errorFields(error: unknown): LogFields {
  const codes: string[] = []
  let at: unknown = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    codes.push(at.name === "Error" && "code" in at ? String(at.code) : at.name)
    at = at.cause
  }
  const message = error instanceof Error ? error.message : String(error)
  return { errors: codes, message: message.slice(0, MAX_TEXT), known: error instanceof EnigmaError }
}

const clean = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString()
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}...` : value
  if (typeof value === "number" || typeof value === "boolean") return value
  if (Array.isArray(value)) return value.slice(0, 64).map(clean)
  return undefined
}

/** `write` gets one line without its end. */
export function createLogger(level: LogLevel, write: (line: string) => void, now: () => number = Date.now): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const make = (base: LogFields): Logger => {
    const log = (at: LogLevel) => (event: string, fields?: LogFields) => {
      if (LOG_LEVELS.indexOf(at) < least) return
      const line: Record<string, unknown> = { time: new Date(now()).toISOString(), level: at, event }
      for (const [name, value] of Object.entries({ ...base, ...fields })) line[name] = clean(value)
      write(JSON.stringify(line))
    }
    return {
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      with: (fields) => make({ ...base, ...fields }),
    }
  }
  return make({})
}

/** Writes to a file, or to standard error without one. */
export const lineWriter = (file: string | undefined): ((line: string) => void) =>
  file === undefined ? (line) => void process.stderr.write(`${line}\n`) : (line) => appendFileSync(file, `${line}\n`)

export const silentLogger: Logger = createLogger("error", () => {})
