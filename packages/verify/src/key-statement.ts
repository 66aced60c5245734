import { keccak256 } from "@enigma-discovery/crypto"
import { equalBytes, type KeyStatement, keyStatementPreimage, type WorkerInfo } from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"
import { checkDevQuote, type QuotePolicy, type VerifiedQuote } from "./quote.ts"
import type { SigningDomain } from "./receipts.ts"
import { requireSigner } from "./results.ts"
import type { Assignment } from "./workers.ts"

/** What the drawn worker's enclave signs (PROTOCOL §7.6). */
export const keyStatementDigest = (
  { chainId, enigma }: SigningDomain,
  statement: Pick<KeyStatement, "contract" | "epoch" | "ioPublicKey">,
): Uint8Array =>
  keccak256(keyStatementPreimage(chainId, enigma, statement.contract, statement.epoch, statement.ioPublicKey))

export interface KeyStatementExpectation {
  /** The contract that inputs are about to be encrypted for. */
  readonly contract: Uint8Array
  /** `assignmentClaim` of that contract and the statement's worker, read from the chain. */
  readonly assignment: Assignment
  readonly trustHash: Uint8Array
  readonly quotePolicy: QuotePolicy
}

/**
 * All that stands between a client and encrypting to a stranger: the statement is about this contract and the epoch in force,
 * its worker is the drawn one, the worker's identity is the registered one, its quote is genuine, and its enclave signed.
 * @throws VERIFY_WRONG_CONTRACT, VERIFY_WRONG_EPOCH, VERIFY_NOT_DRAWN, VERIFY_REPORT_MISMATCH, VERIFY_WRONG_SIGNER, VERIFY_QUOTE
 */
export function checkKeyStatement(
  domain: SigningDomain,
  statement: KeyStatement,
  info: WorkerInfo,
  expected: KeyStatementExpectation,
): VerifiedQuote {
  const { worker, state } = expected.assignment
  const { epoch, workerId } = statement
  if (!equalBytes(statement.contract, expected.contract))
    throw verifyErrors.make("WRONG_CONTRACT", { what: "key statement" })
  if (epoch !== state.epoch) throw verifyErrors.make("WRONG_EPOCH", { got: epoch, present: state.epoch })
  if (workerId !== worker.workerId || info.workerId !== worker.workerId) {
    throw verifyErrors.make("NOT_DRAWN", { got: workerId, epoch, drawn: worker.workerId })
  }
  const isRegistered =
    equalBytes(info.operator, worker.operator) &&
    equalBytes(info.signer, worker.signer) &&
    equalBytes(info.encryptionKey, worker.encryptionKey)
  if (!isRegistered) throw verifyErrors.make("REPORT_MISMATCH")
  requireSigner("key statement", keyStatementDigest(domain, statement), statement.signature, worker.signer)
  return checkDevQuote(info.quote, expected.quotePolicy, domain, {
    role: "worker",
    operator: worker.operator,
    signer: worker.signer,
    encryptionKey: worker.encryptionKey,
    trustHash: expected.trustHash,
  })
}
