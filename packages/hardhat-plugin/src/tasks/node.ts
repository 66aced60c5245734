import { writeFile } from "node:fs/promises"
import path from "node:path"
import { type DevnetEvent, startDevnet } from "@enigma-discovery/devnet"
import type { NewTaskActionFunction } from "hardhat/types/tasks"
import type { EnigmaDeployment } from "../config/schema.ts"

interface Arguments {
  readonly port: number
  readonly blockTimeMs: number
  readonly epochBlocks: number
  readonly out: string
}

/** ENG that test accounts keep as credit on a local network. */
const TOP_UP_ENG = 100

/** `enigma:node`: a network of processes on this machine, kept up until Ctrl-C, and the file by which other commands find it. */
const node: NewTaskActionFunction<Arguments> = async ({ port, blockTimeMs, epochBlocks, out }, hre) => {
  const ending = new AbortController()
  const end = () => ending.abort(new Error("interrupted"))
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, end)
  const network = await startDevnet({
    ...{ chainPort: port, blockTimeMs, epochLengthBlocks: epochBlocks, signal: ending.signal },
    onEvent: (event) => console.error(told(event)),
  })
  try {
    const { devRoot } = network.trust
    const deployment: EnigmaDeployment = {
      enigmaAddress: network.addresses.enigma,
      gateways: network.workers.map(({ gatewayUrl }) => gatewayUrl),
      trust: { devRoot, measurements: "chain" },
      topUpEng: TOP_UP_ENG,
    }
    const file = path.resolve(hre.config.paths.root, out)
    await writeFile(file, `${JSON.stringify({ rpcUrl: network.rpcUrl, enigma: deployment }, null, 2)}\n`)
    console.log(`chain ${network.rpcUrl}, Enigma ${deployment.enigmaAddress}; written to ${file}. Ctrl-C stops it.`)
    if (!ending.signal.aborted) await new Promise((resolve) => ending.signal.addEventListener("abort", resolve))
  } finally {
    await network.stop()
  }
}

function told(event: DevnetEvent): string {
  if (event.kind === "up") return `${event.what} up (${(event.tookMs / 1_000).toFixed(1)} s)`
  const how = event.kind === "ended" ? ` ended (${event.how})` : ""
  return `${event.what}${how}; its last lines:\n${event.logTail}`
}

export default node
