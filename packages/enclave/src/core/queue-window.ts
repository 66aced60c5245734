import { equalBytes, type QueuedRecord } from "@enigma-discovery/protocol"
import {
  epochOfBlockClaim,
  foldRecords,
  genesisLink,
  linkClaim,
  type QueuePosition,
  readProven,
  verifyErrors,
} from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import type { Domain } from "./domain.ts"
import type { EpochRecord } from "./task.ts"
import type { ListedView } from "./worker-view.ts"

/** The records of a contract that are proven and not committed yet, from the committed position on. */
export class QueueWindow {
  readonly #domain: Domain
  readonly #contract: Uint8Array
  #records: readonly EpochRecord[] = []
  /** Where the next record attaches; undefined while the link before it is not known here. */
  #end: QueuePosition | undefined

  constructor(domain: Domain, contract: Uint8Array) {
    this.#domain = domain
    this.#contract = contract
  }

  get length(): number {
    return this.#records.length
  }

  at(index: number): EpochRecord | undefined {
    return this.#records[index - (this.#records[0]?.index ?? 0)]
  }

  /** Epoch of the first record that still needs keys; undefined when none does. */
  get firstEpoch(): number | undefined {
    return this.#records.find(({ epoch }) => epoch !== undefined)?.epoch
  }

  /** Follows a newer view: drops what is committed, and everything that the chain contradicts. */
  follow({ contract }: ListedView): void {
    const { queue, newestLink } = contract
    const kept = this.#records.filter(({ index }) => index >= queue.committed)
    const last = this.#records.at(-1)
    if (last === undefined && this.#end?.index === queue.committed) return
    const isBehind = last === undefined || last.index + 1 < queue.committed || last.index >= queue.submitted
    const isForked =
      last !== undefined && newestLink !== undefined && last.index === queue.submitted - 1
        ? !equalBytes(last.taskId, newestLink)
        : false
    if (isBehind || isForked) this.#forget()
    else this.#records = kept
  }

  /**
   * Takes records that fold to a link in the ring: from the end of those known (then `previousLink` is the link of the last)
   * or anew from the committed position. Nothing is kept when they do not.
   * @throws ENCLAVE_QUEUE_NOT_PROVEN, VERIFY_PROOF_INCOMPLETE
   */
  prove(view: ListedView, previousLink: Uint8Array, records: readonly QueuedRecord[]): void {
    if (records.length === 0) return
    const { queue } = view.contract
    const extends_ = this.#end !== undefined && equalBytes(this.#end.previousLink, previousLink)
    const from = extends_ ? this.#end! : this.#start(view, previousLink)
    const notProven = (cause?: unknown) =>
      enclaveErrors.make("QUEUE_NOT_PROVEN", { from: from.index }, cause === undefined ? {} : { cause })
    let placed: ReturnType<typeof foldRecords>
    try {
      placed = foldRecords(from, records)
      const last = placed.at(-1)!
      const link = readProven(linkClaim(this.#contract, last.index, queue), view.chain)
      if (!equalBytes(link, last.taskId)) throw notProven()
    } catch (error) {
      if (verifyErrors.is(error, "RECORD") || verifyErrors.is(error, "LINK_GONE")) throw notProven(error)
      throw error
    }
    const fresh = placed.map((record) =>
      Object.freeze({ ...record, epoch: this.#epochOf(view, record.record.blockNumber) }),
    )
    const last = fresh.at(-1)!
    this.#records = extends_ ? [...this.#records, ...fresh] : fresh
    this.#end = { index: last.index + 1, previousLink: last.taskId, previousCumGrains: last.cumLockedGrains }
  }

  #start({ contract: { queue } }: ListedView, previousLink: Uint8Array): QueuePosition {
    const { chainId, enigma } = this.#domain
    const genesis = queue.committed === 0
    return {
      index: queue.committed,
      previousLink: genesis ? genesisLink(chainId, enigma, this.#contract) : previousLink,
      previousCumGrains: genesis ? 0n : queue.cumCommittedGrains,
    }
  }

  /** A record whose epoch left the ring is older than any expiry (`checkConfig`), so it needs none. */
  #epochOf({ chain, state }: ListedView, block: bigint): number | undefined {
    try {
      return readProven(epochOfBlockClaim(block, state), chain)
    } catch (error) {
      if (verifyErrors.is(error, "EPOCH_GONE")) return undefined
      throw error
    }
  }

  #forget(): void {
    this.#records = []
    this.#end = undefined
  }
}
