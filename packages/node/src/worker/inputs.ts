/** Finds the envelope of a record: in the pool, in the record's own transaction, or at a peer. */
import { inlineInputs, isInline, transactionInput } from "@enigma-discovery/chain/follow"
import { keccak256 } from "@enigma-discovery/crypto"
import { equalBytes, type Hex, MAX_ENVELOPE_BYTES, toHex } from "@enigma-discovery/protocol"
import { askInTurn } from "../peers/directory.ts"
import type { RecordRow } from "../store/tables.ts"
import type { WorkerContext } from "./context.ts"

export interface Inputs {
  envelopeOf(contract: Uint8Array, row: RecordRow): Promise<Uint8Array | undefined>
  codeOf(contract: Uint8Array): Promise<Uint8Array | undefined>
}

/** Pause between two rounds of asking all peers for one thing. */
const ASK_AGAIN_MS = 2_000
const MAX_TRANSACTION_BYTES = 1_048_576

export function createInputs(context: WorkerContext): Inputs {
  const { envelopes, directory, requester, rpc, clock, signal, tables, index } = context
  const askedAt = new Map<Hex, number>()

  /** Not more often than every so often for the same thing. */
  function mayAsk(hash: Uint8Array): boolean {
    const key = toHex(hash)
    const now = clock.now()
    if (now - (askedAt.get(key) ?? 0) < ASK_AGAIN_MS) return false
    askedAt.delete(key)
    askedAt.set(key, now)
    if (askedAt.size > 4_096) askedAt.delete(askedAt.keys().next().value as Hex)
    return true
  }

  async function inline(contract: Uint8Array, { record, transactionHash }: RecordRow): Promise<Uint8Array | undefined> {
    const input = await transactionInput(rpc, transactionHash, MAX_TRANSACTION_BYTES, signal)
    const found = input === undefined ? undefined : inlineInputs(input, contract)
    return found !== undefined && equalBytes(keccak256(found), record.inputsHash) ? found : undefined
  }

  return {
    async envelopeOf(contract, row) {
      const { inputsHash, sender } = row.record
      const here = await envelopes.get(inputsHash)
      if (here !== undefined) return here
      let found = isInline(row.record) ? await inline(contract, row) : undefined
      if (found === undefined && mayAsk(inputsHash))
        found = await askInTurn(directory.all(), async (peer) => {
          const { envelope } = await requester.ask(peer, "envelope", { inputsHash }, signal)
          return equalBytes(keccak256(envelope), inputsHash) ? envelope : undefined
        })
      if (found === undefined || found.length > MAX_ENVELOPE_BYTES) return undefined
      // Bytes that are no envelope are still the record's inputs: the enclave says what becomes of them.
      await envelopes.add("peer", contract, sender, found)
      return found
    },
    async codeOf(contract) {
      const origin = await index.contract(contract)
      if (origin === undefined) return undefined
      const { codeHash } = origin
      const here = await tables.codes.get(codeHash)
      if (here !== undefined) return here
      if (!mayAsk(codeHash)) return undefined
      const found = await askInTurn(directory.all(), async (peer) => {
        const { code } = await requester.ask(peer, "code", { codeHash }, signal)
        return equalBytes(keccak256(code), codeHash) ? code : undefined
      })
      if (found !== undefined) await tables.codes.put(codeHash, found)
      return found
    },
  }
}
