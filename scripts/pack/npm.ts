// npm, by the Node that runs this, with nothing of the npm that may have started it.
import { type SpawnSyncOptions, spawnSync } from "node:child_process"
import path from "node:path"

/** A person's own settings; everything else of the kind belongs to the `npm run` around us. */
const KEPT = /^npm_config_(registry|cache|userconfig|globalconfig)$/
const FOREIGN = new Set(["NODE_OPTIONS", "NODE_TEST_CONTEXT", "INIT_CWD", "NODE_ENV"])

/** The environment of a shell in which this project's Node comes first. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !FOREIGN.has(name) && (!/^npm_/.test(name) || KEPT.test(name)),
  )
  const shellPath = `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`
  return { ...Object.fromEntries(kept), PATH: shellPath }
}

export const npm = (args: readonly string[], options: SpawnSyncOptions) =>
  spawnSync("npm", args, { env: plainEnvironment(), encoding: "utf8", maxBuffer: 64 * 2 ** 20, ...options })
