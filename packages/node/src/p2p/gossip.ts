/**
 * Gossip with a verdict on every message before it is handed on or relayed (PROTOCOL §9.1). A frame is bounded and decoded here;
 * whether it is true is the validator's to say.
 */
import { decode, encode, GossipCodec, type GossipMessage, MAX_GOSSIP_BYTES } from "@enigma-discovery/protocol"
import { TopicValidatorResult } from "@libp2p/gossipsub"
import { errorFields, type Logger } from "../log.ts"
import type { Host } from "./host.ts"
import { createRateLimit, type Quota } from "./rate-limit.ts"
import type { Reputation } from "./reputation.ts"

/** accept: true, relay it. ignore: not known to be true (yet), don't relay. reject: false, the sender pays. */
export type Verdict = "accept" | "ignore" | "reject"
export type Validator = (message: GossipMessage, peer: string, signal: AbortSignal) => Promise<Verdict> | Verdict

/** Messages a peer may send, over all topics. */
export const GOSSIP_QUOTA: Quota = { count: 500, everyMs: 10_000 }
/** A verdict that takes longer is `ignore`. */
export const VERDICT_TIMEOUT_MS = 5_000

export interface Gossip {
  subscribe(topic: string, validate: Validator): void
  unsubscribe(topic: string): void
  topics(): readonly string[]
  /** Returns how many peers it was sent to. */
  publish(topic: string, message: GossipMessage): Promise<number>
  stop(): void
}

export interface GossipOptions {
  readonly host: Host
  readonly reputation: Reputation
  readonly now: () => number
  readonly log: Logger
}

const RESULT: Record<Verdict, TopicValidatorResult> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

export function createGossip({ host, reputation, now, log }: GossipOptions): Gossip {
  const { pubsub } = host.services
  const limit = createRateLimit(GOSSIP_QUOTA, now)
  const stopping = new AbortController()

  async function judge(topic: string, validate: Validator, peer: string, data: Uint8Array): Promise<Verdict> {
    if (reputation.isBanned(peer)) return "ignore"
    if (!limit.admit(peer)) {
      reputation.report(peer, "flooding")
      return "ignore"
    }
    let message: GossipMessage
    try {
      message = decode(GossipCodec, data, MAX_GOSSIP_BYTES).message
    } catch {
      reputation.report(peer, "malformed")
      return "reject"
    }
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(VERDICT_TIMEOUT_MS)])
    try {
      const verdict = await Promise.race([validate(message, peer, signal), aborted(signal)])
      if (verdict === "reject") reputation.report(peer, "invalid")
      return verdict
    } catch (error) {
      log.error("gossip validator failed", { topic, ...errorFields(error) })
      return "ignore"
    }
  }

  return {
    subscribe(topic, validate) {
      pubsub.topicValidators.set(
        topic,
        async (peer, { data }) => RESULT[await judge(topic, validate, peer.toString(), data)],
      )
      pubsub.subscribe(topic)
    },
    unsubscribe(topic) {
      pubsub.unsubscribe(topic)
      pubsub.topicValidators.delete(topic)
    },
    topics: () => pubsub.getTopics(),
    async publish(topic, message) {
      // The bounds of the codec keep every kind of message below MAX_GOSSIP_BYTES.
      return (await pubsub.publish(topic, encode(GossipCodec, { version: 1, message }))).recipients.length
    },
    stop: () => stopping.abort(),
  }
}

const aborted = (signal: AbortSignal): Promise<"ignore"> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve("ignore")
    signal.addEventListener("abort", () => resolve("ignore"), { once: true })
  })
