/** Gossip of contracts: what is believed, kept and relayed (PROTOCOL §9.1). */
import {
  decodeEnvelope,
  equalBytes,
  type GossipMessage,
  type SignedBatch,
  type TaskResult,
  toHex,
  topicOf,
} from "@enigma-discovery/protocol"
import { batchSigner, checkTaskResult } from "@enigma-discovery/verify"
import { errorFields } from "../log.ts"
import type { Verdict } from "../p2p/gossip.ts"
import type { ContractRow } from "../store/tables.ts"
import type { Assignments } from "./assignments.ts"
import type { WorkerContext } from "./context.ts"

export interface Topics {
  /** Listens on the contract's topic from now on. */
  follow(contract: Uint8Array): void
  stop(): void
}

export interface TopicsOptions {
  readonly context: WorkerContext
  readonly assignments: Assignments
  readonly onEnvelope: (contract: Uint8Array) => void
}

/** Key epochs an envelope may name, around the present one: those accepted, and the next, whose opening we may not have seen. */
const EPOCHS_BACK = 1
const EPOCHS_AHEAD = 1

export function startTopics({ context, assignments, onEnvelope }: TopicsOptions): Topics {
  const { gossip, network, domain, envelopes, index, tables, log } = context
  const topic = (contract: Uint8Array) => topicOf(network.chainId, toHex(network.enigma), toHex(contract))

  async function takeEnvelope(
    contract: Uint8Array,
    body: Extract<GossipMessage, { type: "envelope" }>["body"],
    peer: string,
  ): Promise<Verdict> {
    if (!equalBytes(body.contract, contract)) return "reject"
    let keyEpoch: number
    try {
      keyEpoch = decodeEnvelope(body.envelope).keyEpoch
    } catch {
      return "reject"
    }
    const present = (await index.newestEpoch())?.epoch ?? 0
    if (keyEpoch < present - EPOCHS_BACK || keyEpoch > present + EPOCHS_AHEAD) return "ignore"
    if ((await envelopes.add(peer, contract, body.sender, body.envelope)) !== "added") return "ignore"
    onEnvelope(contract)
    return "accept"
  }

  /** By the drawn worker's registered enclave; asked anew once, since it may have renewed its keys. */
  async function isBySigner(
    contract: Uint8Array,
    epoch: number,
    check: (signer: Uint8Array) => boolean,
  ): Promise<Verdict> {
    for (const fresh of [false, true]) {
      const assignment = await assignments.of(contract, fresh)
      if (assignment === undefined || assignment.state.epoch < epoch) continue
      if (assignment.state.epoch > epoch) return "ignore"
      if (check(assignment.worker.signer)) return "accept"
      if (fresh) return "reject"
    }
    return "ignore"
  }

  async function takeResult(contract: Uint8Array, result: TaskResult): Promise<Verdict> {
    if (!equalBytes(result.contract, contract)) return "reject"
    const verdict = await isBySigner(contract, result.epoch, (signer) => {
      try {
        checkTaskResult(domain, result, signer)
        return true
      } catch {
        return false
      }
    })
    if (verdict === "accept") await tables.results.put({ contract, index: result.receipt.index }, result)
    return verdict
  }

  async function takeBatch(contract: Uint8Array, signed: SignedBatch): Promise<Verdict> {
    const { batch } = signed
    if (!equalBytes(batch.contract, contract)) return "reject"
    const verdict = await isBySigner(contract, batch.epoch, (signer) => {
      try {
        return equalBytes(batchSigner(domain, signed), signer)
      } catch {
        return false
      }
    })
    if (verdict === "accept") await tables.signedBatches.put({ contract, index: batch.fromIndex }, signed)
    return verdict
  }

  const judge = (contract: Uint8Array, message: GossipMessage, peer: string): Promise<Verdict> | Verdict => {
    switch (message.type) {
      case "envelope":
        return takeEnvelope(contract, message.body, peer)
      case "result":
        return takeResult(contract, message.body)
      case "batch":
        return takeBatch(contract, message.body)
      case "header":
        return "reject" // it has a topic of its own
    }
  }

  /** Envelopes that a gateway took before the contract existed find its topic now. */
  async function tellWaiting({ contract }: ContractRow): Promise<void> {
    for (const { sender, envelope } of await envelopes.ofContract(contract))
      await gossip.publish(topic(contract), { type: "envelope", body: { contract, sender, envelope } })
  }

  return {
    follow(contract) {
      const name = topic(contract)
      if (gossip.topics().includes(name)) return
      gossip.subscribe(name, (message, peer) => judge(contract, message, peer))
      void index
        .contract(contract)
        .then((row) => (row === undefined ? undefined : tellWaiting(row)))
        .catch((error) => log.warn("telling waiting envelopes failed", errorFields(error)))
    },
    stop() {
      for (const name of gossip.topics())
        if (name.startsWith(topic(new Uint8Array(20)).slice(0, -40))) gossip.unsubscribe(name)
    },
  }
}
