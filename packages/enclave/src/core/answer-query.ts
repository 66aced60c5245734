import { decodeSealedQuery, isZero } from "@enigma-discovery/protocol"
import { QUERY_GAS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"
import type { Engine } from "./engine.ts"
import type { ExecutionChain } from "./execution-chain.ts"
import { openQuery, permitQuery, queryResult, refusalOf, sealQueryAnswer } from "./query.ts"
import type { ContractCode } from "./task.ts"
import type { ListedView } from "./worker-view.ts"

/** A query carries no value and has no randomness: the runtime traps when it asks for some. */
const NO_PAYMENT = { token: new Uint8Array(20), amount: 0n }
const NO_SEED = new Uint8Array(32)

/** What a query of one contract runs against. */
export interface QueryPlace {
  readonly domain: Domain
  readonly engine: Engine
  readonly contract: Uint8Array
  readonly keys: ContractKeys
  readonly code: ContractCode
  readonly view: ListedView
}

/**
 * Answers a sealed query on the newest settled state (PROTOCOL §6.6); the state is as before. What concerns its permit or its
 * reader is answered under seal; the host hears only what it can see by itself, or has to mend.
 * @throws ENCLAVE_QUERY_REFUSED, ENCLAVE_ENGINE_LOST, PROTOCOL_*
 */
export async function answerQuery(
  { domain, engine, contract, keys, code, view }: QueryPlace,
  chain: ExecutionChain,
  sealedQuery: Uint8Array,
): Promise<Uint8Array> {
  const refuse = (why: string) => enclaveErrors.make("QUERY_REFUSED", { why })
  const query = decodeSealedQuery(sealedQuery)
  if (query.keyEpoch !== view.state.epoch) throw refuse("its key is not of the epoch in force")
  const { number: blockNumber, timestampS: nowS } = view.chain.header
  const opened = openQuery(domain, keys, contract, query)
  try {
    return await chain.onSettled(async ({ map, head }, records) => {
      if (isZero(head)) throw refuse("the contract is not deployed")
      const stands = { records, head, blockNumber }
      const permitted = permitQuery(domain, contract, query, opened, { records, blockNumber, nowS })
      if (permitted.kind !== "allowed")
        return sealQueryAnswer(domain, contract, sealedQuery, opened, refusalOf(permitted, stands))
      const { sender } = permitted
      const place = { contract, sender, taskId: head, blockNumber, timestamp: nowS, ...NO_PAYMENT }
      const context = { ...place, calldata: opened.body.calldata, kind: "query" } as const
      const call = { contract, ...code, context, gasLimit: QUERY_GAS, randomSeed: NO_SEED }
      const [result] = await engine.run([call], map)
      const answer = { ...queryResult(result!), ...stands }
      return sealQueryAnswer(domain, contract, sealedQuery, opened, answer)
    })
  } finally {
    opened.shared.wipe()
  }
}
