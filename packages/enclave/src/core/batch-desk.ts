import { signDigest } from "@enigma-discovery/crypto"
import type { NetworkConfig, SignedBatch, StorageReceipt } from "@enigma-discovery/protocol"
import { batchDigest, type RegisteredWorker } from "@enigma-discovery/verify"
import type { PreparedBatch } from "../api.ts"
import { enclaveErrors } from "../errors.ts"
import { type BuiltBatch, batchable, buildBatch } from "./batch.ts"
import type { Domain } from "./domain.ts"
import type { ExecutionChain } from "./execution-chain.ts"
import type { Identity } from "./identity.ts"
import { SignedPositions } from "./signed-positions.ts"
import { checkStorageReceipts } from "./storage-receipts.ts"
import type { ContractCode } from "./task.ts"
import type { ListedView } from "./worker-view.ts"

/** What the chain says at the moment a batch is made or signed. */
export interface BatchMoment {
  readonly view: ListedView
  readonly chain: ExecutionChain
  readonly code: ContractCode | undefined
}

/** Makes the batches of a contract and signs each position once. */
export class BatchDesk {
  readonly #domain: Domain
  readonly #config: NetworkConfig
  readonly #identity: Identity
  readonly #signed = new SignedPositions()
  #prepared: BuiltBatch | undefined

  constructor(domain: Domain, config: NetworkConfig, identity: Identity) {
    this.#domain = domain
    this.#config = config
    this.#identity = identity
  }

  /** The batch of the tasks executed so far, as many as one commit carries; what is signed and still good stays as it is. */
  prepare({ view, chain, code }: BatchMoment): PreparedBatch | undefined {
    const { epoch } = view.state
    const { anchor } = chain
    const known = this.#signed.at(epoch, anchor.committed)
    const provenBlock = view.chain.header.number
    if (known !== undefined && known.signed.batch.validUntilBlock >= provenBlock) return shown(known.built)
    const tasks =
      known === undefined
        ? batchable(chain.executed, code?.code.length ?? 0)
        : chain.executed.slice(0, known.signed.batch.toIndex - anchor.committed)
    if (tasks.length === 0) return undefined
    const { contract, queue } = view.contract
    const cumCommittedGrains = queue.cumCommittedGrains
    const epochLengthBlocks = BigInt(this.#config.epochLengthBlocks)
    this.#prepared = buildBatch(
      { contract, epoch, anchor, cumCommittedGrains, code, provenBlock, epochLengthBlocks },
      tasks,
    )
    return shown(this.#prepared)
  }

  /**
   * @throws ENCLAVE_NOTHING_PREPARED, ENCLAVE_BATCH_EXPIRED, ENCLAVE_STORAGE_RECEIPTS_MISSING, ENCLAVE_BATCH_ALREADY_SIGNED
   */
  sign(
    { view, chain }: BatchMoment,
    self: RegisteredWorker,
    others: readonly RegisteredWorker[],
    receipts: readonly StorageReceipt[],
  ): SignedBatch {
    const { header } = view.chain
    const { epoch } = view.state
    const known = this.#signed.at(epoch, chain.anchor.committed)
    if (known !== undefined && known.signed.batch.validUntilBlock >= header.number) return known.signed
    const built = this.#prepared
    if (built === undefined || built.batch.epoch !== epoch || built.batch.fromIndex !== chain.anchor.committed)
      throw enclaveErrors.make("NOTHING_PREPARED")
    const { batch, data } = built
    if (batch.validUntilBlock < header.number)
      throw enclaveErrors.make("BATCH_EXPIRED", { validUntilBlock: batch.validUntilBlock, block: header.number })
    const quorum = { wanted: this.#config.storageReceipts, state: view.state, self, others, nowS: header.timestampS }
    checkStorageReceipts(this.#domain, quorum, data, batch.receiptsRoot, receipts)
    return this.#signed.keep(built, signDigest(batchDigest(this.#domain, batch), this.#identity.signingKey))
  }

  /** What was prepared belongs to a state that is no longer. */
  reset(): void {
    this.#prepared = undefined
  }
}

const shown = ({ batch, data }: BuiltBatch): PreparedBatch => ({
  data,
  receiptsRoot: batch.receiptsRoot,
  hasCallback: batch.callbacks.length > 0,
})
