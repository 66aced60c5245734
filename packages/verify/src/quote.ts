import { keccak256 } from "@enigma-discovery/crypto"
import {
  DevQuoteCodec,
  decode,
  ENCLAVE_ROLE,
  equalBytes,
  MAX_QUOTE_BYTES,
  quotePreimage,
  reportPreimage,
} from "@enigma-discovery/protocol"
import { MAINNET_CHAIN_ID, QUOTE_MAX_AHEAD_S } from "./constants.ts"
import { verifyErrors } from "./errors.ts"
import type { SigningDomain } from "./receipts.ts"
import { requireSigner } from "./results.ts"

/** Which programs are trusted, and on whose word. */
export interface QuotePolicy {
  readonly chainId: bigint
  /** 20-byte address of the dev root's key. Refused on mainnet. */
  readonly devRoot: Uint8Array
  /** SHA-256 of the programs allowed for the role at hand. */
  readonly measurements: readonly Uint8Array[]
  readonly minSecurityVersion: number
  /** Oldest quote accepted, seconds. */
  readonly maxAgeS: bigint
  /** The verifier's time, unix seconds: its clock, or a trusted header's. */
  readonly nowS: bigint
}

/** What a quote binds an enclave to (PROTOCOL §7.4). */
export interface Report {
  readonly role: keyof typeof ENCLAVE_ROLE
  /** 20 bytes; zero for a key manager. */
  readonly operator: Uint8Array
  /** Address of the enclave's signing key, 20 bytes. */
  readonly signer: Uint8Array
  /** The enclave's X25519 key, 32 bytes. */
  readonly encryptionKey: Uint8Array
  readonly trustHash: Uint8Array
}

export const reportData = ({ chainId, enigma }: SigningDomain, report: Report): Uint8Array =>
  keccak256(
    reportPreimage(
      chainId,
      enigma,
      ENCLAVE_ROLE[report.role],
      report.operator,
      report.signer,
      report.encryptionKey,
      report.trustHash,
    ),
  )

/** What the dev root signs. */
export const quoteDigest = (quote: Parameters<typeof quotePreimage>[0]): Uint8Array => keccak256(quotePreimage(quote))

export interface VerifiedQuote {
  /** SHA-256 of the program file. */
  readonly measurement: Uint8Array
  readonly securityVersion: number
  readonly issuedAtS: bigint
}

/**
 * That a dev quote is genuine, recent, of an allowed program, and speaks of this enclave on this network.
 * @throws VERIFY_QUOTE, VERIFY_WRONG_SIGNER, VERIFY_REPORT_MISMATCH, PROTOCOL_*
 */
export function checkDevQuote(
  raw: Uint8Array,
  policy: QuotePolicy,
  domain: SigningDomain,
  report: Report,
): VerifiedQuote {
  const bad = (why: string) => verifyErrors.make("QUOTE", { why })
  if (policy.chainId === MAINNET_CHAIN_ID || domain.chainId === MAINNET_CHAIN_ID)
    throw bad("a dev root has no word on mainnet")
  const quote = decode(DevQuoteCodec, raw, MAX_QUOTE_BYTES)
  requireSigner("quote", quoteDigest(quote), quote.signature, policy.devRoot)
  if (!policy.measurements.some((allowed) => equalBytes(allowed, quote.measurement))) throw bad("program not allowed")
  if (quote.securityVersion < policy.minSecurityVersion) throw bad("security version too low")
  if (quote.issuedAtS + policy.maxAgeS < policy.nowS) throw bad("too old")
  if (quote.issuedAtS > policy.nowS + QUOTE_MAX_AHEAD_S) throw bad("dated in the future")
  if (!equalBytes(quote.reportData, reportData(domain, report))) throw verifyErrors.make("REPORT_MISMATCH")
  const { measurement, securityVersion, issuedAtS } = quote
  return Object.freeze({ measurement, securityVersion, issuedAtS })
}
