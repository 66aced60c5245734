import { keccak256, signDigest } from "@enigma-discovery/crypto"
import type { TaskResult } from "@enigma-discovery/protocol"
import { merkleProofs, resultDigest } from "@enigma-discovery/verify"
import type { Domain } from "./domain.ts"
import type { Identity } from "./identity.ts"
import type { ExecutedTask } from "./task.ts"

/** Who says what a run of tasks gave. */
export type ResultMaker = Pick<TaskResult, "contract" | "epoch" | "workerId">

/**
 * The results of one run under one signature (PROTOCOL §8.1): signing each would cost more than all the rest of it. The
 * output of a task with callbacks waits for their outcome.
 */
export function signResults(
  domain: Domain,
  { signingKey }: Identity,
  maker: ResultMaker,
  executed: readonly ExecutedTask[],
): readonly TaskResult[] {
  if (executed.length === 0) return []
  const leaves = executed.map(({ receipt, before }) =>
    resultDigest(domain, { ...maker, receipt, previousHead: before.head }),
  )
  const { root, proofs } = merkleProofs(leaves)
  const signature = signDigest(root, signingKey)
  return executed.map(({ receipt, before, delta, checkpoint, output, callbacks }, i) =>
    Object.freeze({
      ...maker,
      receipt,
      previousHead: before.head,
      signature,
      proof: proofs[i]!,
      delta,
      checkpointHashes: checkpoint.map(keccak256),
      output: callbacks.length > 0 ? undefined : output,
    }),
  )
}
