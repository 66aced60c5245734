import { readFileSync, statSync } from "node:fs"
import { MAX_CONFIG_BYTES, type NodeConfig, parseNodeConfig } from "./config.ts"
import { nodeErrors } from "./errors.ts"

/** @throws NODE_CONFIG_UNREADABLE, NODE_BAD_CONFIG */
export function readConfigFile(path: string): NodeConfig {
  let value: unknown
  try {
    if (statSync(path).size > MAX_CONFIG_BYTES) throw new RangeError("too large")
    value = JSON.parse(readFileSync(path, "utf8"))
  } catch {
    // The parser's message would quote the file, which holds keys.
    throw nodeErrors.make("CONFIG_UNREADABLE", { path, maxBytes: MAX_CONFIG_BYTES })
  }
  return parseNodeConfig(value)
}
