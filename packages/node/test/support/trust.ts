/** A network of test keys: one witness, a committee, and a header feed without gossip. */
import { addressOfSigningKey } from "@enigma-discovery/crypto"
import type { GossipMessage, NetworkConfig } from "@enigma-discovery/protocol"
import { createHeaderFeed, type HeaderFeed } from "../../src/chain/header-feed.ts"
import type { Gossip, Validator, Verdict } from "../../src/p2p/gossip.ts"
import { Secret } from "../../src/secret.ts"
import { keyOf } from "./peers.ts"

export const WITNESS = new Secret(keyOf("witness"))

export const networkOf = (fields: Partial<NetworkConfig>): NetworkConfig =>
  Object.freeze({
    version: 1,
    chainId: 31_337n,
    enigma: new Uint8Array(20).fill(0xe1),
    epochLengthBlocks: 10,
    depth: 2,
    storageReceipts: 1,
    witnessThreshold: 1,
    witnesses: [addressOfSigningKey(WITNESS.reveal())],
    keyThreshold: 1,
    keyManagers: 1,
    beaconKey: new Uint8Array(256),
    contractKey: new Uint8Array(256),
    expiryBlocks: 300,
    inputsGraceBlocks: 20,
    keyManagerMeasurement: new Uint8Array(32).fill(0x3e),
    ...fields,
  })

/** A gossip of one: what is published goes nowhere, what is handed in reaches the validator. */
export function localGossip(): Gossip & { deliver(topic: string, message: GossipMessage): Promise<Verdict> } {
  const validators = new Map<string, Validator>()
  return {
    subscribe: (topic, validate) => void validators.set(topic, validate),
    unsubscribe: (topic) => void validators.delete(topic),
    topics: () => [...validators.keys()],
    publish: async () => 0,
    stop: () => {},
    deliver: async (topic, message) => validators.get(topic)!(message, "peer", new AbortController().signal),
  }
}

export const feedOf = (network: NetworkConfig): HeaderFeed => createHeaderFeed(network, localGossip())
