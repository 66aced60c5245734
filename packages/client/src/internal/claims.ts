/** verify's claims about Enigma's storage, read from the client's Ethereum node at one block. */
import { type BlockRef, chainErrors, readClaim } from "@enigma-discovery/chain/follow"
import { type Claim, verifyErrors } from "@enigma-discovery/verify"
import type { Client } from "../client.ts"
import { clientErrors } from "../errors.ts"
import { shortReason } from "./rpc.ts"

/**
 * Reads a claim as it stood at the end of a block.
 * RPC: `eth_getStorageAt`. @throws CLIENT_HISTORY_UNAVAILABLE, CHAIN_*, VERIFY_*
 */
export async function readAt<T>(
  { rpc, enigma }: Client,
  claim: Claim<T>,
  block: Pick<BlockRef, "number">,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await readClaim(rpc, enigma, claim, block, signal)
  } catch (error) {
    if (isHistoryGone(error)) throw clientErrors.make("HISTORY_UNAVAILABLE", { block: block.number }, { cause: error })
    throw error
  }
}

/** As geth, Erigon, Nethermind, Reth and EDR put it; there is no error code for it. */
const HISTORY_GONE =
  /missing trie node|historical state|state (is )?not available|state unavailable|pruned|distance to target block/i
const isHistoryGone = (error: unknown): boolean =>
  chainErrors.is(error, "RPC_REFUSED") && HISTORY_GONE.test(shortReason(error.cause))

/** What the lottery or the registry says against using the drawn worker now, as this client's errors. */
export function unfit(error: unknown, contract: string, epoch: number): unknown {
  const { data } = error as { data?: { workerId?: number } }
  const why = (text: string) =>
    clientErrors.make("WORKER_UNFIT", { contract, epoch, workerId: data?.workerId ?? 0, why: text }, { cause: error })
  if (verifyErrors.is(error, "NO_WORKERS")) return clientErrors.make("NO_WORKER", { epoch }, { cause: error })
  if (verifyErrors.is(error, "NOT_REGISTERED")) return why("is not registered any more")
  if (verifyErrors.is(error, "WORKER_BANNED")) return why("was banned")
  if (verifyErrors.is(error, "ATTESTATION_EXPIRED")) return why("has let its attestation expire")
  return error
}
