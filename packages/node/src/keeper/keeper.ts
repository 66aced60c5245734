/**
 * The keeper's duty: opens an epoch when its scheduled start has come. Any funded node may; an order by hash makes one go first and
 * the others follow after a time-out, until somebody has. A start that nobody could open in its window is skipped.
 */
import {
  type BlockHeader,
  type ChainRpc,
  chainProof,
  enigmaErrors,
  enigmaInterface,
  latestBlock,
  proveClaim,
  readBlock,
  readEpoch,
} from "@enigma-discovery/chain/follow"
import { chainErrors, type Transactor } from "@enigma-discovery/chain/transact"
import { equalBytes, fromHex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { beaconMessageClaim } from "@enigma-discovery/verify"
import { type NodeBase, readParameters } from "../base.ts"
import type { HeaderSource } from "../chain/header-exchange.ts"
import { startLoop } from "../internal/loop.ts"
import { errorFields, type Logger } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import type { Stack } from "../stack.ts"
import { type BeaconSource, collectBeacon } from "./beacon.ts"
import { type DueEpoch, dueEpoch, turnAt } from "./epoch-schedule.ts"

export interface KeeperOptions {
  readonly network: NetworkConfig
  readonly rpc: ChainRpc
  readonly transactor: Pick<Transactor, "account" | "send">
  readonly headerSource: HeaderSource
  /** Key managers that can be asked now. */
  readonly sources: () => readonly BeaconSource[]
  /** Blocks that each further place in the order waits, and that a failed attempt waits for the next. */
  readonly ladderBlocks: number
  readonly metrics: Metrics
  readonly log: Logger
}

export interface Keeper {
  /** One look at the chain: opens the epoch that is due, if it is this node's turn. @throws CHAIN_*, NODE_BEACON_UNAVAILABLE */
  look(signal: AbortSignal): Promise<void>
  /** Settles when no transaction of the keeper is in flight. */
  idle(): Promise<void>
}

interface Attempt {
  readonly start: number
  /** Head from which another one may be made. */
  readonly againAt: number
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { network, rpc, transactor, headerSource, sources, ladderBlocks, metrics, log } = options
  const { enigma, epochLengthBlocks, depth } = network
  let lookedAt: Uint8Array | undefined
  let last: Attempt | undefined
  let sending: Promise<void> | undefined
  metrics.describe("keeper_openings", "counter", "Epochs this node tried to open, by outcome.")

  async function due(head: BlockHeader, signal: AbortSignal): Promise<DueEpoch | undefined> {
    const state = await readEpoch({ rpc, enigma, block: head, signal })
    // The window is asked for only where something may be due: at most once a block, in the blocks after a start.
    if (dueEpoch(head.number + 1, state, epochLengthBlocks, epochLengthBlocks) === undefined) return undefined
    const { openWindowBlocks } = await readParameters(rpc, enigma, signal)
    const found = dueEpoch(head.number + 1, state, epochLengthBlocks, openWindowBlocks)
    if (found === undefined) return undefined
    const turn = turnAt({
      network,
      due: found,
      account: transactor.account,
      activeWorkers: state.activeCount,
      ladderBlocks,
    })
    return head.number >= turn ? found : undefined
  }

  /** The beacon over block S - 1 of the chain as this node sees it; undefined while no witness has vouched for that block. */
  async function beaconFor({ epoch, start }: DueEpoch, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const trusted = await headerSource.obtain({ confirmations: depth, blockNumber: start - 1 }, signal)
    const block = await readBlock(rpc, start - 1, signal)
    if (trusted === undefined || block === undefined || !equalBytes(trusted.hash, block.hash)) {
      log.warn("no witness vouches for the block before the epoch's start", { epoch, block: start - 1 })
      return undefined
    }
    const header = { number: BigInt(trusted.number), hash: trusted.hash }
    const { nodes } = await proveClaim(rpc, enigma, beaconMessageClaim(network, header, epoch), trusted, signal)
    const proof = chainProof(trusted.rlp, trusted.confirmations, trusted.signatures, nodes)
    return collectBeacon({ network, request: { epoch, proof }, blockHash: trusted.hash, sources: sources(), signal })
  }

  async function send({ epoch, start, lastBlock }: DueEpoch, beacon: Uint8Array): Promise<void> {
    let outcome = "opened"
    try {
      const mined = await transactor.send({
        id: `open epoch ${epoch} of block ${start}`,
        lane: "keeper",
        to: enigma,
        data: fromHex(enigmaInterface.encodeFunctionData("openEpoch", [toHex(beacon)])),
        deadlineBlock: lastBlock,
        method: "openEpoch",
        abis: enigmaErrors,
      })
      log.info("epoch opened", { epoch, start, block: mined.blockNumber, gas: mined.gasUsed })
    } catch (error) {
      outcome = chainErrors.is(error) ? error.code.toLowerCase() : "failed"
      // Mostly another keeper was faster: Enigma then says NoEpochDue, which costs nothing in the simulation.
      log.info("epoch not opened by this node", { epoch, start, ...errorFields(error) })
    }
    metrics.add("keeper_openings", { outcome })
  }

  return {
    idle: async () => void (await sending),
    async look(signal) {
      const head = await latestBlock(rpc, signal)
      if (sending !== undefined || (lookedAt !== undefined && equalBytes(lookedAt, head.hash))) return
      const found = await due(head, signal)
      const isWaiting = found !== undefined && last?.start === found.start && head.number < last.againAt
      if (found !== undefined && !isWaiting) {
        last = { start: found.start, againAt: head.number + ladderBlocks }
        const beacon = await beaconFor(found, signal)
        if (beacon === undefined)
          last = undefined // with the next block
        else
          sending = send(found, beacon).finally(() => {
            sending = undefined
          })
      }
      lookedAt = head.hash
    },
  }
}

export type KeeperDuty = Pick<KeeperOptions, "transactor" | "headerSource" | "sources" | "ladderBlocks">

/** The duty as a part of a running node. */
export async function startKeeper(up: Stack, base: NodeBase, duty: KeeperDuty): Promise<void> {
  const { config, deps, rpc, metrics } = base
  const keeper = createKeeper({ ...duty, network: config.network, rpc, metrics, log: deps.log })
  await up.start("keeper", () =>
    startLoop({
      clock: deps.clock,
      everyMs: config.chain.pollMs,
      run: (signal) => keeper.look(signal),
      onError: (error) => deps.log.warn("keeping failed", errorFields(error)),
    }),
  )
}
