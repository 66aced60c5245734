import { EPOCH_RING_SIZE, isZero, KEY_PURPOSE, type KeyRequest, type SealedKeyAnswer } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"
import { type Committee, collectKeys, purposeOf, type Recipient } from "./key-collection.ts"
import type { KnownBlock } from "./trusted-headers.ts"
import type { ListedView } from "./worker-view.ts"

/** Asks key managers for a contract's keys and takes their answers. */
export class KeyExchange {
  readonly #domain: Domain
  readonly #committee: Committee
  readonly #recipient: Recipient
  readonly #keys: ContractKeys
  #open: KeyRequest | undefined

  constructor(domain: Domain, committee: Committee, recipient: Recipient, keys: ContractKeys) {
    this.#domain = domain
    this.#committee = committee
    this.#recipient = recipient
    this.#keys = keys
  }

  /** What is missing (PROTOCOL §7.7); it stays open for answers. Undefined when nothing is. */
  request(view: ListedView, workerId: number, firstEpoch: number | undefined): KeyRequest | undefined {
    const wanted = wantedKeys(view, firstEpoch, this.#keys)
    const { contract } = view.contract
    if (wanted.length === 0) return undefined
    this.#open = Object.freeze({ version: 1, workerId, contract, epoch: view.state.epoch, wanted })
    return this.#open
  }

  /** @throws ENCLAVE_NO_KEY_REQUEST, ENCLAVE_KEY_ANSWERS_UNUSABLE @returns the newest block the managers know */
  answer(answers: readonly SealedKeyAnswer[]): KnownBlock {
    const request = this.#open
    if (request === undefined) throw enclaveErrors.make("NO_KEY_REQUEST")
    const { values, newest } = collectKeys(this.#domain, this.#committee, this.#recipient, request, answers)
    for (const [i, { purpose, epoch }] of request.wanted.entries()) {
      this.#keys.addPrfValue(purposeOf(purpose), epoch, values[i]!)
    }
    this.#open = undefined
    return newest
  }

  reset(): void {
    this.#open = undefined
  }
}

/** `firstEpoch`: of the first waiting record; undefined when none waits that needs a key. */
export function wantedKeys(
  { state, contract }: ListedView,
  firstEpoch: number | undefined,
  keys: ContractKeys,
): KeyRequest["wanted"] {
  const { epoch } = state
  const { drawEpoch, head } = contract.queue
  const oldest = Math.max(0, (firstEpoch ?? epoch) - 1, epoch - EPOCH_RING_SIZE)
  const io = Array.from({ length: epoch - oldest + 1 }, (_, i) => ({ purpose: KEY_PURPOSE.io, epoch: oldest + i }))
  const stateEpochs = isZero(head) || drawEpoch === epoch ? [epoch] : [epoch, drawEpoch]
  const wanted = [...io, ...stateEpochs.map((e) => ({ purpose: KEY_PURPOSE.state, epoch: e }))]
  return wanted.filter((key) => !keys.has(purposeOf(key.purpose), key.epoch))
}
