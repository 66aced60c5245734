/** The launcher: a whole local network, every part of it its own process, all or nothing. */
import fs from "node:fs"
import path from "node:path"
import { type DevAccounts, devAccounts } from "./accounts.ts"
import { type ChainNode, startChainNode } from "./chain-node.ts"
import { LOG_TAIL_LINES } from "./constants.ts"
import { type Deployment, deployEnigma } from "./deployment.ts"
import { writePrograms } from "./enclave-programs.ts"
import { type EnigmaOnChain, enigmaOnChain } from "./enigma-on-chain.ts"
import { devnetErrors } from "./errors.ts"
import { distributeEng } from "./funding.ts"
import { startGuardian } from "./internal/guardian.ts"
import { type ExitInfo, type ManagedProcess, type ProcessHost, readTail } from "./internal/managed-process.ts"
import { Stack } from "./internal/stack.ts"
import { type Steps, startSteps } from "./internal/steps.ts"
import {
  type DeployedPlan,
  keyGenerationConfig,
  keyManagerConfig,
  type NetworkPlan,
  witnessConfig,
} from "./node-configs.ts"
import { generateKeys, type NodeProcess, startNodeProcess } from "./node-process.ts"
import { type DevnetOptions, type ResolvedOptions, resolveOptions } from "./options.ts"
import { addressOf, networkConfig, newSecrets } from "./trust.ts"
import { type DevnetWorker, startWorkers } from "./workers.ts"

export interface Devnet {
  readonly options: ResolvedOptions
  /** Removed by `stop()`; holds a log for each process. */
  readonly directory: string
  readonly chain: ChainNode
  /** HTTP and WebSocket JSON-RPC of the chain. */
  readonly rpcUrl: string
  readonly addresses: Deployment["addresses"]
  readonly accounts: DevAccounts
  /** What a client must be told to trust this network. */
  readonly trust: { readonly devRoot: string; readonly network: DeployedPlan["network"] }
  readonly enigma: EnigmaOnChain
  readonly keyManager: NodeProcess
  readonly witness: NodeProcess
  readonly workers: readonly DevnetWorker[]
  /** Ends every process and removes the directory. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts a network on loopback. Everything it writes is in one temporary directory; everything it starts ends with
 * `stop()`, or by itself when this process is gone.
 * @throws DEVNET_START_FAILED with the step's own error as cause
 */
export async function startDevnet(given: DevnetOptions): Promise<Devnet> {
  const options = resolveOptions(given)
  const up = new Stack()
  const ending = new AbortController()
  const signal = given.signal ? AbortSignal.any([given.signal, ending.signal]) : ending.signal
  const steps = startSteps(given.onEvent)
  const guardian = up.add("guardian", await startGuardian())
  const logDirectory = given.logDirectory ?? guardian.directory
  try {
    return await assemble({
      options,
      up,
      steps,
      host: { guardian, logDirectory, signal },
      artifacts: given.artifactsDirectory,
      onEvent: given.onEvent,
    })
  } catch (cause) {
    ending.abort(devnetErrors.make("STOPPED"))
    await steps.settled() // nothing starts while we stop
    if (!given.signal?.aborted) tellLogs(logDirectory, given.onEvent)
    await up.unwind()
    const reason = given.signal?.aborted
      ? "It was interrupted."
      : cause instanceof Error
        ? cause.message
        : String(cause)
    throw devnetErrors.make("START_FAILED", { step: steps.current(), reason }, { cause })
  }
}

interface Parts {
  readonly options: ResolvedOptions
  readonly up: Stack
  readonly steps: Steps
  readonly host: ProcessHost
  readonly artifacts: Promise<string> | string | undefined
  readonly onEvent: DevnetOptions["onEvent"]
}

async function assemble({ options, up, steps, host, artifacts, onEvent }: Parts): Promise<Devnet> {
  const accounts = devAccounts(options.stakesEng.length)
  const secrets = newSecrets()
  const { directory } = host.guardian
  const artifactsDirectory = unlessAborted<string | undefined>(host.signal, artifacts)
  artifactsDirectory.catch(() => {}) // awaited below, after what may fail first
  const [chain, [early, keys]] = await Promise.all([
    steps.run("chain", async () => {
      const { chainId, chainPort } = options
      const node = await startChainNode(host, { chainId, accounts: accounts.all.length, port: chainPort })
      return up.add("chain", node)
    }),
    // The deployment names the programs' measurements and the group's public keys, so these come first.
    steps.run("group keys", async () => {
      const programs = await writePrograms(path.join(directory, "programs"))
      const plan: NetworkPlan = { directory, options, secrets, programs }
      return [plan, await generateKeys(host, keyGenerationConfig(plan, "key-manager"))] as const
    }),
  ])
  const deployment = await steps.run("contracts", async () =>
    deployEnigma({
      host,
      chain,
      options,
      secrets,
      keys,
      workerMeasurement: early.programs.worker.measurement,
      artifactsDirectory: await artifactsDirectory,
      deployer: accounts.deployer,
    }),
  )
  const { addresses } = deployment
  const network = networkConfig(options, secrets, keys, addresses.enigma)
  const plan: DeployedPlan = { ...early, rpcUrl: chain.rpcUrl, network, fromBlock: deployment.blockNumber }
  const enigma = enigmaOnChain(chain, addresses, options)
  await steps.run("ENG for everyone", () => distributeEng(chain, addresses, accounts, options))
  await chain.mineEvery(options.blockTimeMs)

  const start = async (name: string, config: Parameters<typeof startNodeProcess>[2]) =>
    up.add(name, await startNodeProcess(host, name, config))
  const [keyManager, witness] = await Promise.all([
    steps.run("key manager", () => start("key-manager", keyManagerConfig(plan, "key-manager", accounts.keeper))),
    steps.run("witness", () => start("witness", witnessConfig(plan, "witness"))),
  ])
  const bootstrap = [...keyManager.ready.addresses, ...witness.ready.addresses] // through the workers they meet each other
  const workers = await steps.run("workers", () => startWorkers({ host, up, plan, accounts, bootstrap }))
  await steps.run("first epoch", () => enigma.allInDraw(options, host.signal))
  for (const part of [chain.process, keyManager, witness, ...workers.map((worker) => worker.process)])
    void part.exited.then((exit) => reportEnd(part, exit, onEvent))
  return {
    options,
    directory,
    chain,
    rpcUrl: chain.rpcUrl,
    addresses,
    accounts,
    trust: { devRoot: addressOf(secrets.devRootKey), network },
    enigma,
    keyManager,
    witness,
    workers,
    stop: async () => {
      const failures = await up.unwind()
      if (failures.length > 0) throw new AggregateError(failures, "the network did not stop cleanly")
    },
  }
}

/** The directory goes; what the processes said last is told. */
function tellLogs(directory: string, onEvent: DevnetOptions["onEvent"]): void {
  for (const name of fs.readdirSync(directory).filter((file) => file.endsWith(".log"))) {
    const logTail = readTail(path.join(directory, name), LOG_TAIL_LINES)
    onEvent?.({ kind: "log", what: path.basename(name, ".log"), logTail })
  }
}

function reportEnd(part: ManagedProcess, { code, signal }: ExitInfo, onEvent: DevnetOptions["onEvent"]): void {
  if (part.endRequested) return
  const how = signal ? `signal ${signal}` : `exit code ${code}`
  onEvent?.({ kind: "ended", what: part.name, how, logTail: part.tail() })
}

/** What others do for us may take its time; an interrupted start does not wait for it. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T> | T): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}
