import {
  KEY_PURPOSE,
  type KeyPurpose,
  type KeyRequest,
  type KeyRequestBundle,
  type NetworkConfig,
  prfMessage,
} from "@enigma-discovery/protocol"
import type { Claim } from "./claim.ts"
import { epochOfBlockClaim, epochStateClaim } from "./epochs.ts"
import { verifyErrors } from "./errors.ts"
import { queueClaim, waitingRecordsClaim } from "./records.ts"
import { assignmentClaim } from "./workers.ts"

/** What a key manager's enclave may sign for a request, and for whom to seal it. */
export interface KeyGrant {
  /** X25519 key of the drawn worker's attested enclave, from the registry. */
  readonly encryptionKey: Uint8Array
  /** PRF messages, one for each wanted key, in order; built here from proven fields. */
  readonly messages: readonly Uint8Array[]
}

/**
 * PROTOCOL §7.7, all of it: registered, attested, not banned, drawn in the epoch in force, and every wanted key due.
 * `nowS` is the time of the header under which the storage is proven.
 * @throws VERIFY_WRONG_EPOCH, VERIFY_KEY_NOT_DUE, those of `assignmentClaim`, `waitingRecordsClaim` and `epochOfBlockClaim`
 */
export function* keyRequestClaim(
  config: Pick<NetworkConfig, "chainId" | "enigma">,
  bundle: Pick<KeyRequestBundle, "request" | "records" | "previousLink">,
  nowS: bigint,
): Claim<KeyGrant> {
  const { request, records, previousLink } = bundle
  const { contract } = request
  const state = yield* epochStateClaim()
  if (request.epoch !== state.epoch)
    throw verifyErrors.make("WRONG_EPOCH", { got: request.epoch, present: state.epoch })
  const { worker } = yield* assignmentClaim(contract, nowS, request.workerId)
  const queue = yield* queueClaim(contract)
  const [first] = yield* waitingRecordsClaim(contract, queue, previousLink, records)
  const firstEpoch = first === undefined ? state.epoch : yield* epochOfBlockClaim(first.record.blockNumber, state)
  const due = { oldest: Math.max(0, firstEpoch - 1), present: state.epoch, delta: queue.drawEpoch }
  const messages = request.wanted.map((wanted) => {
    const purpose = purposeOf(wanted.purpose)
    if (!isDue(purpose, wanted.epoch, due))
      throw verifyErrors.make("KEY_NOT_DUE", { purpose, epoch: wanted.epoch, ...due })
    return prfMessage(purpose, config.chainId, config.enigma, contract, wanted.epoch)
  })
  return Object.freeze({ encryptionKey: worker.encryptionKey, messages: Object.freeze(messages) })
}

interface DueEpochs {
  readonly oldest: number
  readonly present: number
  readonly delta: number
}

function isDue(purpose: KeyPurpose, epoch: number, { oldest, present, delta }: DueEpochs): boolean {
  return purpose === "io" ? epoch >= oldest && epoch <= present : epoch === present || epoch === delta
}

const purposeOf = (code: KeyRequest["wanted"][number]["purpose"]): KeyPurpose =>
  code === KEY_PURPOSE.io ? "io" : "state"
