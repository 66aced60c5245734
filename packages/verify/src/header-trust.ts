import { keccak256, recoverAddress } from "@enigma-discovery/crypto"
import { type NetworkConfig, toHex, witnessPreimage } from "@enigma-discovery/protocol"
import type { BlockHeader } from "./block-header.ts"
import { verifyErrors } from "./errors.ts"

/**
 * What makes a header trusted (design §6): `host` believes whatever it is given and exists for unit tests; `witness` wants
 * signatures of pinned keys; a `light-client` (sync committee) can stand behind the same interface.
 */
export interface HeaderTrust {
  readonly kind: "host" | "witness" | "light-client"
  /** @throws VERIFY_HEADER_UNTRUSTED */
  check(header: BlockHeader, confirmations: number, signatures: readonly Uint8Array[]): void
}

/** For unit tests only: the host's word is taken. An enclave that runs with it says so in its status. */
export const hostTrust: HeaderTrust = Object.freeze<HeaderTrust>({ kind: "host", check: () => undefined })

/** What a witness signs (PROTOCOL §7.5): the block is canonical under at least that many later blocks. */
export const witnessDigest = (
  chainId: bigint,
  header: Pick<BlockHeader, "number" | "hash">,
  confirmations: number,
): Uint8Array => keccak256(witnessPreimage(chainId, header.number, header.hash, confirmations))

/** `threshold` distinct pinned witnesses must have signed; other signatures count for nothing. @throws VERIFY_CONFIG */
export function witnessTrust(config: Pick<NetworkConfig, "chainId" | "witnesses" | "witnessThreshold">): HeaderTrust {
  const pinned = new Set<string>(config.witnesses.map(toHex))
  const want = config.witnessThreshold
  if (pinned.size !== config.witnesses.length) throw verifyErrors.make("CONFIG", { why: "a witness is listed twice" })
  if (want < 1 || want > pinned.size) throw verifyErrors.make("CONFIG", { why: "witness threshold" })
  return Object.freeze<HeaderTrust>({
    kind: "witness",
    check(header, confirmations, signatures) {
      const digest = witnessDigest(config.chainId, header, confirmations)
      const signers = new Set<string>()
      for (const signature of signatures) {
        const signer = signerOf(digest, signature)
        if (signer !== undefined && pinned.has(signer)) signers.add(signer)
        if (signers.size === want) return
      }
      throw verifyErrors.make("HEADER_UNTRUSTED", { got: signers.size, want, confirmations })
    },
  })
}

/** The form of header trust that a configuration puts in force, for status lines. */
export const headerTrustText = ({
  witnessThreshold,
  witnesses,
}: Pick<NetworkConfig, "witnesses" | "witnessThreshold">): string =>
  `witness ${witnessThreshold} of ${witnesses.length}`

function signerOf(digest: Uint8Array, signature: Uint8Array): string | undefined {
  try {
    return toHex(recoverAddress(digest, signature))
  } catch {
    return undefined
  }
}
