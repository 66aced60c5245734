import { equalBytes, fromHex, GATEWAY_METHODS, toHex } from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import type { PreparedTask } from "./task.ts"

/**
 * Gives the envelope to every gateway, which gossip it to whoever follows the contract. Returns the URLs that took it; one is
 * enough. Safe to repeat. Gateway: `enigma_submitEnvelope`. @throws CLIENT_GATEWAYS_FAILED
 */
export async function submitEnvelope(
  client: Client,
  task: PreparedTask,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<readonly string[]> {
  const { contract, sender, envelope, inputsHash } = task
  const method = GATEWAY_METHODS.submitEnvelope
  return await client.gateways.tell({
    method,
    params: [contract, sender, toHex(envelope)],
    accept: (raw) => sameHash(raw, fromHex(inputsHash, 32)),
    signal,
  })
}

/**
 * Gives a contract's code to every gateway before its deployment is recorded. Returns the URLs that took it.
 * Gateway: `enigma_submitCode`. @throws CLIENT_GATEWAYS_FAILED
 */
export async function submitCode(
  client: Client,
  { code, codeHash, signal }: { code: Uint8Array; codeHash: Uint8Array; signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  const accept = (raw: unknown) => sameHash(raw, codeHash)
  return await client.gateways.tell({ method: GATEWAY_METHODS.submitCode, params: [toHex(code)], accept, signal })
}

/** A gateway that answers with another hash kept other bytes. */
function sameHash(raw: unknown, want: Uint8Array): true {
  if (equalBytes(fromHex(raw as string, 32, "hash"), want)) return true
  throw clientErrors.make("BAD_OPTION", { what: "the gateway's hash", why: "it is of other bytes than were sent" })
}
