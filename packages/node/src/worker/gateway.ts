/** The gateway of a worker: what clients ask of the network, answered from here or by the peer that knows. */
import { keccak256 } from "@enigma-discovery/crypto"
import {
  encode,
  equalBytes,
  REQUESTS,
  type TaskResult,
  TaskResultCodec,
  toHex,
  topicOf,
} from "@enigma-discovery/protocol"
import { checkTaskResult } from "@enigma-discovery/verify"
import type { NodeBase } from "../base.ts"
import { isolationText } from "../enclave-options.ts"
import { askInTurn } from "../peers/directory.ts"
import type { GatewayBackend } from "../rpc/backend.ts"
import { RpcError } from "../rpc/dispatch.ts"
import { gatewayStatus } from "../rpc/gateway.ts"
import type { Assignments } from "./assignments.ts"
import { committedReceipt } from "./committed.ts"
import { isNamed, type WorkerContext } from "./context.ts"
import type { Lanes } from "./lanes.ts"
import type { Queries } from "./queries.ts"
import { routeQuery } from "./query-route.ts"

export interface GatewayOptions {
  readonly context: WorkerContext
  readonly lanes: Lanes
  readonly queries: Queries
  readonly assignments: Assignments
  readonly base: NodeBase
}

/** A drawn worker that has no key yet is asked again for so long. */
const STATEMENT_TIMEOUT_MS = 10_000
const STATEMENT_RETRY_MS = 250

export function workerGateway({ context, lanes, queries, assignments, base }: GatewayOptions): GatewayBackend {
  const { network, index, tables, requester, directory, domain, clock } = context
  const statementCodec = REQUESTS.keyStatement.response

  async function askDrawn(contract: Uint8Array, workerId: number, signal: AbortSignal): Promise<Uint8Array> {
    if (directory.workers(workerId).length === 0) await directory.refresh()
    const answer = await askInTurn(directory.workers(workerId), (peer) =>
      requester.ask(peer, "keyStatement", { contract }, signal),
    )
    if (answer === undefined)
      throw new RpcError("unavailable", "The drawn worker can't be reached from here; try another gateway.", {
        workerId,
      })
    return encode(statementCodec, answer)
  }

  async function statementOnce(contract: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const assignment = await assignments.of(contract)
    if (assignment === undefined) throw new RpcError("unavailable", "No worker is drawn for this contract now.")
    const { workerId } = assignment.worker
    if (workerId !== context.self.workerId) return askDrawn(contract, workerId, signal)
    const statement = await lanes.keyStatement(contract, signal).catch((error: unknown) => {
      if (isNamed(error, "NODE_NOT_DRAWN"))
        throw new RpcError("unavailable", "This worker has no key for the contract yet.")
      throw error
    })
    return encode(statementCodec, { statement, worker: context.self })
  }

  /** A result of the record that stands at the index now, by a worker's enclave as far as it can be told here. */
  async function isCurrent(contract: Uint8Array, at: number, result: TaskResult): Promise<boolean> {
    const row = await index.record(contract, at)
    return row !== undefined && equalBytes(row.taskId, result.receipt.taskId) && result.receipt.index === at
  }

  async function resultFromPeers(
    contract: Uint8Array,
    at: number,
    signal: AbortSignal,
  ): Promise<TaskResult | undefined> {
    const assignment = await assignments.of(contract)
    return askInTurn(directory.withRole("worker"), async (peer) => {
      const { result } = await requester.ask(peer, "result", { contract, index: at }, signal)
      if (result === undefined || assignment === undefined || !(await isCurrent(contract, at, result))) return undefined
      checkTaskResult(domain, result, assignment.worker.signer)
      await tables.results.put({ contract, index: at }, result)
      return result
    })
  }

  return {
    status: () =>
      gatewayStatus(base, {
        role: "worker",
        blockNumber: () => index.headNumber(),
        workerId: () => context.self.workerId,
        operator: context.self.operator,
        enclave: { measurement: context.enclave.measurement, isolation: isolationText(context.enclave.isolation) },
      }),
    async keyStatement(contract, outer) {
      const deadline = AbortSignal.timeout(STATEMENT_TIMEOUT_MS)
      const signal = AbortSignal.any([outer, deadline])
      for (;;) {
        try {
          return await statementOnce(contract, signal)
        } catch (error) {
          if (!(error instanceof RpcError) || signal.aborted) throw error
          await clock.sleep(STATEMENT_RETRY_MS, signal).catch(() => {})
          if (signal.aborted) throw error
        }
      }
    },
    async submitCode(code) {
      const codeHash = keccak256(code)
      await tables.codes.put(codeHash, code)
      return codeHash
    },
    async submitEnvelope(contract, sender, envelope) {
      const outcome = await context.envelopes.add("gateway", contract, sender, envelope)
      if (outcome === "malformed") throw new RpcError("invalidParams", "These bytes are no envelope (PROTOCOL §6.2).")
      const topic = topicOf(network.chainId, toHex(network.enigma), toHex(contract))
      await context.gossip.publish(topic, { type: "envelope", body: { contract, sender, envelope } })
      lanes.nudge(contract)
      return keccak256(envelope)
    },
    async taskResult(contract, at, signal) {
      const here = await tables.results.get({ contract, index: at })
      const result =
        here !== undefined && (await isCurrent(contract, at, here)) ? here : await resultFromPeers(contract, at, signal)
      return result === undefined ? undefined : encode(TaskResultCodec, result)
    },
    receipt: (contract, at, signal) => committedReceipt(context, contract, at, signal),
    query: routeQuery({ context, queries, assignments }),
    async code(codeHash, signal) {
      const here = await tables.codes.get(codeHash)
      if (here !== undefined) return here
      return askInTurn(directory.withRole("worker"), async (peer) => {
        const { code } = await requester.ask(peer, "code", { codeHash }, signal)
        return equalBytes(keccak256(code), codeHash) ? code : undefined
      })
    },
  }
}
