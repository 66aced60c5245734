/** Renews the attestation before it expires, so that no key or batch is ever refused for its age. */
import { latestBlock, readRegisteredWorker } from "@enigma-discovery/chain/follow"
import { errorFields } from "../log.ts"
import type { WorkerContext } from "./context.ts"
import { type RegistrationOptions, renewAttestation } from "./registration.ts"

/** Pause between two looks at the expiry. */
const LOOK_EVERY_MS = 60_000

export function startRenewal(
  context: WorkerContext,
  registration: RegistrationOptions,
  onRenewed: (quote: Uint8Array) => void,
): { stop(): Promise<void> } {
  const { rpc, network, self, config, clock, log } = context
  const stopping = new AbortController()

  async function look(): Promise<void> {
    const block = await latestBlock(rpc, stopping.signal)
    const { attestationExpiryS } = await readRegisteredWorker({ rpc, enigma: network.enigma, block }, self.workerId)
    if (attestationExpiryS > BigInt(block.timestampS + config.renewBeforeS)) return
    onRenewed(await renewAttestation(registration, self.workerId))
    log.info("attestation renewed before its end", { workerId: self.workerId })
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stopping.signal).catch(() => {})
      if (stopping.signal.aborted) return
      await look().catch((error) => log.warn("renewing the attestation failed", errorFields(error)))
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
