/** The chain of a local network: a Hardhat node in its own process, and the levers it has that no real chain has. */
import { JsonRpcProvider } from "ethers"
import { DEV_MNEMONIC } from "./constants.ts"
import { waitFor } from "./deadline.ts"
import { devnetErrors } from "./errors.ts"
import { type ManagedProcess, type ProcessHost, startProcess } from "./internal/managed-process.ts"
import { programPath } from "./internal/spawn.ts"
import type { Stoppable } from "./internal/stack.ts"
import type { ChainProgramConfig } from "./programs/chain.ts"

const POLL_MS = 50
/** A local node answers within milliseconds; one that is busy compiling may take a second. */
const BLOCK_SLACK_MS = 20_000

export interface ChainNode extends Stoppable {
  readonly process: ManagedProcess
  readonly rpcUrl: string
  readonly chainId: bigint
  /** Polls often and sends each request by itself: waiting to batch would cost 10 ms a call. */
  readonly provider: JsonRpcProvider
  /** Mines `blocks` empty blocks at once (transactions that wait go into the first); the clock does not move. */
  mine(blocks: number): Promise<void>
  /** From now on a block every `blockTimeMs`, with or without transactions. */
  mineEvery(blockTimeMs: number): Promise<void>
  /** Waits until the chain has reached a block. @throws DEVNET_TIMED_OUT */
  reached(blockNumber: number, timeoutMs?: number): Promise<void>
}

export interface ChainNodeOptions {
  readonly chainId: bigint
  readonly accounts: number
  /** 0: any free port. */
  readonly port: number
}

const parseUrl = (line: string): string | undefined =>
  line.startsWith('{"url"') ? (JSON.parse(line) as { url: string }).url : undefined

export async function startChainNode(host: ProcessHost, options: ChainNodeOptions): Promise<ChainNode> {
  const { chainId, accounts, port } = options
  const config: ChainProgramConfig = { chainId: Number(chainId), mnemonic: DEV_MNEMONIC, accounts, port }
  const child = await startProcess(host, {
    name: "chain",
    program: programPath("chain"),
    args: [JSON.stringify(config)],
    ready: parseUrl,
  })
  const rpcUrl = child.ready
  const provider = new JsonRpcProvider(rpcUrl, chainId, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: POLL_MS,
  })
  const send = (method: string, params: unknown[]): Promise<unknown> =>
    provider.send(method, params).catch((cause: unknown) => {
      throw devnetErrors.make("RPC_FAILED", { method, detail: String(cause) }, { cause })
    })
  return {
    process: child,
    rpcUrl,
    chainId,
    provider,
    // One call a block: in a call for many, Hardhat makes up the blocks in between, and their parent hashes lead nowhere.
    mine: async (blocks) =>
      void (await Promise.all(Array.from({ length: blocks }, () => send("hardhat_mine", ["0x1"])))),
    mineEvery: async (blockTimeMs) => {
      await send("evm_setAutomine", [false])
      await send("evm_setIntervalMining", [blockTimeMs])
    },
    reached: async (blockNumber, timeoutMs = BLOCK_SLACK_MS) => {
      const probe = async () => ((await provider.getBlockNumber()) >= blockNumber ? true : undefined)
      await waitFor(`block ${blockNumber}`, probe, { timeoutMs, everyMs: POLL_MS })
    },
    stop: async () => {
      provider.destroy()
      await child.stop()
    },
  }
}
