import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { Abi, FunctionName, FunctionResult, ViewName } from "./abi.ts"
import { callContract } from "./call-contract.ts"
import type { Client } from "./client.ts"
import { contractKey, type VerifiedKey } from "./contract-key.ts"
import { type PermitScope, type ReadPermit, signPermit } from "./permits.ts"
import { type FunctionCall, prepareTask } from "./prepare-task.ts"
import { queryContract, type ViewCall } from "./query-contract.ts"
import type { RecordOptions } from "./record-task.ts"
import type { PreparedTask } from "./task.ts"
import type { TaskHandle } from "./task-handle.ts"

/** A secret contract with its ABI: `call`, `query` and `prepare` without naming them again. */
export interface SecretContract<A extends Abi> {
  readonly address: Hex
  readonly abi: A
  call<F extends FunctionName<A>>(
    parameters: FunctionCall<A, F> & RecordOptions,
  ): Promise<TaskHandle<FunctionResult<A, F>>>
  prepare<F extends FunctionName<A>>(parameters: FunctionCall<A, F>): Promise<PreparedTask<FunctionResult<A, F>>>
  /** The value of a view function, read privately and free; `queryContract` also tells which state was read. */
  query<F extends ViewName<A>>(parameters: ViewCall<A, F>): Promise<FunctionResult<A, F>>
  /** A permit narrower or longer than the one that queries sign by themselves. */
  permit<F extends ViewName<A>>(parameters?: PermitScope<A, F>): Promise<ReadPermit>
  key(parameters?: { signal?: AbortSignal | undefined }): Promise<VerifiedKey>
}

/** Asks nothing; the contract is looked up with the first call. @throws PROTOCOL_BAD_HEX, PROTOCOL_BAD_LENGTH */
export function contractAt<const A extends Abi>(client: Client, address: string, abi: A): SecretContract<A> {
  const contract = toHex(fromHex(address, 20, "address"))
  return Object.freeze<SecretContract<A>>({
    address: contract,
    abi,
    call: (parameters) => callContract(client, { ...parameters, contract, abi }),
    prepare: (parameters) => prepareTask(client, { ...parameters, contract, abi }),
    query: async (parameters) => (await queryContract(client, { ...parameters, contract, abi })).value,
    permit: (parameters = {}) => signPermit(client, { ...parameters, contract, abi }),
    key: (parameters = {}) => contractKey(client, { contract, ...parameters }),
  })
}
