// `npm run network`: a local network that stays up until Ctrl-C.
import "./demo/compile-cache.ts"
import { parseArgs } from "node:util"
import { type Devnet, startDevnet } from "@enigma-discovery/devnet"
import { toHex } from "@enigma-discovery/protocol"
import { compiledContracts } from "./contracts/compiled.ts"
import { explain } from "./demo/explain.ts"
import { onInterruption } from "./demo/interrupt.ts"
import { createTeller, seconds, thousands } from "./demo/tell.ts"

const USAGE = `Usage: npm run network -- [--port PORT] [--block-time MS] [--epoch-blocks N] [--json]

Starts a chain, the Enigma contracts, a key manager, a witness and three workers on this machine, and keeps them up until
Ctrl-C. Nothing of them is left then.

  --port PORT       port of the chain; any free one when left out
  --block-time MS   pause between blocks (250)
  --epoch-blocks N  blocks from one epoch's start to the next (40)
  --json            print one JSON object on standard output when the network is up, and nothing else`

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    "block-time": { type: "string" },
    "epoch-blocks": { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  console.error(`${name} must be a whole number from ${min} to ${max}, not ${text}.\n\n${USAGE}`)
  process.exit(2)
}

/** ENG that test accounts keep as credit, if they use the file. */
const TOP_UP_ENG = 100

/** What a client of this network needs to know. */
const describe = (network: Devnet) => ({
  rpcUrl: network.rpcUrl,
  chainId: Number(network.chain.chainId),
  addresses: network.addresses,
  devRoot: network.trust.devRoot,
  workerMeasurement: network.workers[0]?.process.ready.measurement,
  keyManagerMeasurement: toHex(network.trust.network.keyManagerMeasurement),
  workers: network.workers.map(({ workerId, operator, stakeEng, gatewayUrl, process: { ready } }) => ({
    ...{
      workerId,
      operator: operator.address,
      stakeEng,
      gatewayUrl,
      gatewayWsUrl: ready.wsUrl,
      peers: ready.addresses,
    },
  })),
  accounts: network.accounts.all,
  directory: network.directory,
  /** What a Hardhat network's `enigma.deployment` file says. */
  enigma: {
    enigmaAddress: network.addresses.enigma,
    gateways: network.workers.map(({ gatewayUrl }) => gatewayUrl),
    trust: { devRoot: network.trust.devRoot, measurements: "chain" },
    topUpEng: TOP_UP_ENG,
  },
})

function show(network: Devnet): void {
  const teller = createTeller(process.stdout)
  const { addresses, workers, accounts } = network
  teller.step("Endpoints")
  teller.line("chain", `${network.rpcUrl}   chain id ${network.chain.chainId}, HTTP and WebSocket`)
  for (const { name, gatewayUrl, stakeEng } of workers)
    teller.line(name, `${gatewayUrl}   gateway, stake ${thousands(stakeEng)} ENG`)
  teller.line("logs", network.directory)
  teller.step("Contracts")
  for (const [name, address] of Object.entries(addresses)) teller.line(name, address)
  teller.step("Accounts (their keys are public: never use them elsewhere)")
  for (const { name, address, privateKey } of accounts.all) teller.line(name, `${address}   ${privateKey}`)
  teller.step("One key manager holds all keys: this machine can read everything. Ctrl-C stops the network.")
}

const interruption = onInterruption()
const { signal } = interruption
const say = (text: string) => console.error(text)

async function main(): Promise<number> {
  const network = await startDevnet({
    chainPort: wholeNumber("--port", values.port, 0, 65_535),
    blockTimeMs: wholeNumber("--block-time", values["block-time"], 50, 60_000),
    epochLengthBlocks: wholeNumber("--epoch-blocks", values["epoch-blocks"], 16, 10_000),
    artifactsDirectory: compiledContracts({ signal, say }),
    signal,
    onEvent: (event) => {
      if (event.kind === "up") say(`${event.what} up (${seconds(event.tookMs)})`)
      else if (event.kind === "log") say(`\n--- ${event.what}: last lines of its log\n${event.logTail}`)
      else say(`${event.what} ended (${event.how}); its last lines:\n${event.logTail}`)
    },
  })
  try {
    if (values.json) process.stdout.write(`${JSON.stringify(describe(network))}\n`)
    else show(network)
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    say("stopping ...")
  } finally {
    await network.stop()
  }
  return 0
}

process.exitCode = await main().catch((error: unknown) => {
  if (signal.aborted) return interruption.exitCode() ?? 1
  say(explain(error))
  return 1
})
