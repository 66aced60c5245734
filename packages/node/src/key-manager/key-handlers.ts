/** What key managers answer (PROTOCOL §9.2 `keys`, `beacon`). All that is decided is decided in the enclave. */
import { keccak256 } from "@enigma-discovery/crypto"
import type { KeyManagerEnclave } from "@enigma-discovery/enclave/host"
import { EnigmaError, toHex } from "@enigma-discovery/protocol"
import { errorFields, type Logger } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import { type Handler, Refusal, type ResponseOf } from "../p2p/requests.ts"

export interface KeyHandlersOptions {
  readonly enclave: Pick<KeyManagerEnclave, "releaseKeys" | "beacon">
  readonly metrics: Metrics
  readonly log: Logger
}

export interface KeyHandlers {
  readonly keys: Handler<"keys">
  readonly beacon: Handler<"beacon">
}

/** Beacons remembered, by epoch and block: all who open an epoch ask for the same one. */
const KEPT_BEACONS = 16

/** Refusals of an enclave, by what the asker can do about them. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof EnigmaError)) return undefined
  if (error.name === "ENCLAVE_TIMED_OUT") return new Refusal("busy")
  if (error.name === "ENCLAVE_ENDED" || error.name === "ENCLAVE_INTERNAL") return new Refusal("internal")
  if (error.name.startsWith("PROTOCOL_")) return new Refusal("invalid")
  return new Refusal("refused")
}

export function keyHandlers({ enclave, metrics, log }: KeyHandlersOptions): KeyHandlers {
  metrics.describe("key_requests", "counter", "Requests to the key manager's enclave, by kind and outcome.")
  const beacons = new Map<string, ResponseOf<"beacon">>()

  async function refusing<T>(kind: string, peer: string, work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work()
      metrics.add("key_requests", { kind, outcome: "ok" })
      return answer
    } catch (error) {
      const refusal = refusalOf(error) ?? error
      metrics.add("key_requests", { kind, outcome: refusal instanceof Refusal ? refusal.status : "internal" })
      log.info("key request refused", { kind, peer, ...errorFields(error) })
      throw refusal
    }
  }

  return {
    keys: {
      perPeer: { count: 120, everyMs: 60_000 },
      total: { count: 1_200, everyMs: 60_000 },
      handle: (bundle, { peer }) => refusing("keys", peer, () => enclave.releaseKeys(bundle)),
    },
    beacon: {
      perPeer: { count: 60, everyMs: 60_000 },
      total: { count: 600, everyMs: 60_000 },
      // A part of a beacon is public from the moment it may be given at all, so one answer serves all who ask for it.
      handle: ({ epoch, proof }, { peer }) =>
        refusing("beacon", peer, async () => {
          const key = `${epoch}/${toHex(keccak256(proof.header))}`
          const known = beacons.get(key)
          if (known !== undefined) return known
          const { epoch: proven, managerIndex, partial } = await enclave.beacon(proof)
          if (proven !== epoch) throw new Refusal("refused")
          const answer = Object.freeze({ managerIndex, partial })
          beacons.set(key, answer)
          if (beacons.size > KEPT_BEACONS) beacons.delete(beacons.keys().next().value as string)
          return answer
        }),
    },
  }
}
