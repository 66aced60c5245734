import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { bigintToBytes, protocolErrors, utf8Bytes } from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import { MAX_DELTAS_PER_CALL, REPLAY_PORTION_BYTES } from "../src/constants.ts"
import { sealCheckpoint } from "../src/core/checkpoint.ts"
import { ContractKeys } from "../src/core/contract-keys.ts"
import { sealDelta } from "../src/core/delta.ts"
import { ExecutionChain } from "../src/core/execution-chain.ts"
import { followKeys, replayDeltas } from "../src/core/replay.ts"
import { keyText, StateMap } from "../src/core/state-map.ts"
import { replayPortions } from "../src/host/replay-portions.ts"
import { addressOf } from "./support/names.ts"

const domain = { chainId: 31_337n, enigma: addressOf("enigma"), crypto: nodeCrypto }
const contract = addressOf("contract")
const KEY = utf8Bytes("count")

function keysOf(...epochs: readonly number[]): ContractKeys {
  const keys = new ContractKeys(domain, contract)
  for (const epoch of epochs) keys.addPrfValue("state", epoch, keccak256(utf8Bytes(`prf ${epoch}`)).slice())
  return keys
}

/** A history over several epochs, written as their workers would have. */
class History {
  readonly links: Uint8Array[] = []
  readonly state = new StateMap()
  head: Uint8Array = new Uint8Array(32)
  #epoch: number | undefined
  readonly #keys = keysOf(1, 2, 3, 4, 5, 6)

  add(keyEpoch: number, sizeBytes = 32): void {
    const value = new Uint8Array(sizeBytes)
    value.set(bigintToBytes(BigInt(this.links.length), 32))
    const change = { key: KEY, before: this.state.get(keyText(KEY)), after: { key: KEY, value, isPublic: false } }
    const taskId = keccak256(this.head)
    const place = { contract, keyEpoch, index: this.links.length, taskId, previousHead: this.head }
    this.#link(sealDelta(domain, this.#keys, { ...place, previousKeyEpoch: this.#epoch }, [change])!)
    this.state.apply([change])
    this.#epoch = keyEpoch
  }

  checkpoint(keyEpoch: number): void {
    for (const link of sealCheckpoint(domain, this.#keys, contract, keyEpoch, this.head, this.state)) this.#link(link)
    this.#epoch = keyEpoch
  }

  #link(link: Uint8Array): void {
    this.links.push(link)
    this.head = nextHead(this.head, link)
  }
}

function chainUpTo(head: Uint8Array): ExecutionChain {
  const chain = new ExecutionChain()
  chain.follow({ committed: 1, head })
  return chain
}

describe("a long history", () => {
  it("is replayed in portions of any cut, by the newest key alone", () => {
    const history = new History()
    for (const epoch of [1, 1, 2, 3, 3, 3, 5, 6]) history.add(epoch, 40_000)
    for (const cut of [1, 3, 7]) {
      const keys = keysOf(6)
      const chain = chainUpTo(history.head)
      const portions = [history.links.slice(0, cut), history.links.slice(cut)]
      const [first] = replayPortions(history.links)
      assert.deepEqual(first!.wrappedKeys, [], "it is one portion as yet")
      followKeys(domain, contract, keys, wrappedOf(portions[1]!))
      for (const portion of portions) replayDeltas(domain, contract, keys, chain, portion)
      assert.equal(chain.inSync, true)
      assert.deepEqual(chain.state.map.entries(), history.state.entries())
    }
  })

  it("is cut so that each portion fits a frame, and the first brings the keys of the others", () => {
    const history = new History()
    for (const epoch of [1, 2, 3]) history.add(epoch)
    const filler = new Uint8Array(500_000)
    const long = [...history.links, ...Array.from({ length: 40 }, () => filler), ...history.links]
    const portions = [...replayPortions(long)]
    assert.ok(portions.length >= 3)
    for (const { deltas } of portions)
      assert.ok(deltas.reduce((sum, { length }) => sum + length, 0) <= REPLAY_PORTION_BYTES)
    assert.deepEqual(
      portions.flatMap(({ deltas }) => deltas),
      long,
    )
    assert.deepEqual(
      portions.map(({ wrappedKeys }) => wrappedKeys.map(({ keyEpoch }) => keyEpoch)),
      [[2, 3], ...portions.slice(1).map(() => [])],
    )
    const many = [...replayPortions(Array.from({ length: MAX_DELTAS_PER_CALL + 1 }, () => filler.subarray(0, 1)))]
    assert.deepEqual(
      many.map(({ deltas }) => deltas.length),
      [MAX_DELTAS_PER_CALL, 1],
    )
    assert.deepEqual([...replayPortions([])], [{ deltas: [], wrappedKeys: [] }])
    const torn = history.links[1]!.slice(0, 90)
    assert.throws(() => [...replayPortions([...Array.from({ length: 17 }, () => filler), torn])], protocolErrors.is)
  })

  it("begins with the last checkpoint that the chain vouches for, and needs no key from before it", () => {
    const history = new History()
    history.add(1)
    history.checkpoint(2)
    history.add(2)
    history.checkpoint(3)
    history.add(3)
    const { head: anchored } = history
    const anchoredState = history.state.entries()
    const count = history.links.length
    // Not committed yet, as far as this enclave knows:
    history.add(4)
    history.checkpoint(4)
    const chain = chainUpTo(anchored)
    replayDeltas(domain, contract, keysOf(3), chain, history.links)
    assert.deepEqual([chain.inSync, chain.state.keyEpoch], [true, 3])
    assert.deepEqual(chain.state.map.entries(), anchoredState)
    assert.equal(chain.state.historyBytes, history.links[count - 1]!.length)
    // An enclave that stood elsewhere keeps nothing of it.
    const elsewhere = chainUpTo(anchored)
    const gone = { key: utf8Bytes("gone"), value: new Uint8Array(1), isPublic: false }
    elsewhere.replay([{ key: gone.key, before: undefined, after: gone }], { head: KEY, keyEpoch: 1, historyBytes: 9 })
    replayDeltas(domain, contract, keysOf(3), elsewhere, history.links)
    assert.deepEqual(elsewhere.state.map.entries(), anchoredState)
  })
})

const wrappedOf = (links: readonly Uint8Array[]) =>
  [...replayPortions([new Uint8Array(REPLAY_PORTION_BYTES), ...links])][0]!.wrappedKeys
