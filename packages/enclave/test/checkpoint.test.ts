import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  CHECKPOINT_HISTORY_BYTES,
  CHECKPOINT_LINK_BYTES,
  DELTA_KIND,
  decodeDelta,
  MAX_CHECKPOINT_BYTES,
  MAX_CHECKPOINT_LINKS,
  MAX_DELTA_BYTES,
  startsCheckpoint,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import { checkpointIsDue, sealCheckpoint } from "../src/core/checkpoint.ts"
import { ContractKeys } from "../src/core/contract-keys.ts"
import { openDelta } from "../src/core/delta.ts"
import { StateMap } from "../src/core/state-map.ts"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"
import { restart } from "./support/restart.ts"

const domain = { chainId: 31_337n, enigma: addressOf("enigma"), crypto: nodeCrypto }
const contract = addressOf("contract")
const base = new Uint8Array(32).fill(5)

function keys(): ContractKeys {
  const made = new ContractKeys(domain, contract)
  made.addPrfValue("state", 4, new Uint8Array(48).fill(1))
  return made
}

function stateOf(entries: number, valueBytes: number, isPublic = false): StateMap {
  const state = new StateMap()
  for (let i = 0; i < entries; i++)
    state.set({ key: utf8Bytes(`key ${i}`), value: new Uint8Array(valueBytes).fill(i), isPublic })
  return state
}

const sealed = (state: StateMap) => sealCheckpoint(domain, keys(), contract, 4, base, state)

describe("a checkpoint", () => {
  it("holds every entry, in links that chain and each fit a delta, all public or none", () => {
    for (const state of [
      stateOf(0, 0),
      stateOf(1, 10),
      stateOf(50, 60_000),
      stateOf(5_000, 3),
      stateOf(60, 60_000, true),
    ]) {
      const links = sealed(state)
      let head: Uint8Array = base
      const entries = links.flatMap((link, number) => {
        const { kind, index, previousHead, taskId, wrapped, publicEntries } = decodeDelta(link).header
        assert.deepEqual([kind, index, wrapped], [DELTA_KIND.checkpoint, number, undefined])
        assert.deepEqual([previousHead, taskId], [head, base])
        assert.equal(startsCheckpoint(link), number === 0)
        assert.ok(link.length <= MAX_DELTA_BYTES && links.length <= MAX_CHECKPOINT_LINKS)
        head = nextHead(head, link)
        const changes = openDelta(domain, keys(), contract, { sealed: link, delta: decodeDelta(link) })!
        assert.deepEqual(
          publicEntries,
          changes.filter(({ isPublic }) => isPublic),
        )
        return changes
      })
      assert.deepEqual(entries, state.entries())
    }
  })

  it("at its largest has as many links as a result may name", () => {
    // Entries of which the next never fits: each link is as empty as it can be.
    const value = 65_536
    const perLink = Math.floor(CHECKPOINT_LINK_BYTES / value)
    const entries = Math.floor(MAX_CHECKPOINT_BYTES / value)
    const state = stateOf(entries, value - 100)
    assert.ok(sealed(state).length <= Math.ceil(entries / perLink) + 1)
    assert.ok(Math.ceil(MAX_CHECKPOINT_BYTES / (CHECKPOINT_LINK_BYTES - value - 266)) <= MAX_CHECKPOINT_LINKS)
  })

  it("is due by what lies behind and by the state alone", () => {
    const state = stateOf(10, 1_000)
    const stateBytes = 10 * (5 + 1_000 + 10)
    const due = CHECKPOINT_HISTORY_BYTES + 2 * stateBytes
    assert.deepEqual([checkpointIsDue(state, due - 1), checkpointIsDue(state, due)], [false, true])
    assert.equal(checkpointIsDue(stateOf(70, 60_000), 1e9), false, "a state beyond the limit has none")
  })
})

/** A value of 60,000 bytes, written over and over: each time a delta of 65,536; with one such entry 18 of them make one due. */
const GAS = { gasLimit: 50_000_000n }
const large = (key: string, n: number) => ({
  calldata: lab.write(key, String.fromCharCode(97 + n).repeat(60_000)),
  fields: GAS,
})
const rewrites = (network: TestNetwork, count: number) =>
  network.record(...Array.from({ length: count }, (_, n) => large("key", n % 26)))

const checkpointsOf = (deltas: readonly Uint8Array[]) =>
  deltas.flatMap((delta, i) => (startsCheckpoint(delta) ? [i] : []))

describe("a contract's checkpoints", () => {
  it("follow the task that makes them due, and the state goes on", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = [...rewrites(network, 20), ...network.record({ calldata: lab.write("after", "it") })]
    const results = await network.execute(1, tasks)
    const named = results.flatMap(({ checkpointHashes, receipt }) =>
      checkpointHashes.length > 0 ? [receipt.index] : [],
    )
    const { data } = await network.commit(1)
    assert.deepEqual([named, checkpointsOf(data.deltas)], [[18], [18]])
    assert.equal((await network.worker(1).queue(network.contract)).inSync, true)
    await network.stop()
  })

  it("are all a successor needs: nothing before them, and no older key", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await network.execute(1, network.record({ calldata: lab.write("old", "kept") }))
    await network.commit(1)
    network.openEpoch(1)
    await network.equip(1)
    await network.worker(1).replay(network.contract, network.deltas)
    await network.execute(1, rewrites(network, 20))
    await network.commit(1)
    network.openEpoch(2)
    await network.equip(2)
    const from = checkpointsOf(network.deltas).at(-1)!
    assert.ok(from > 0)
    const { inSync } = await network.worker(2).replay(network.contract, network.deltas.slice(from))
    assert.equal(inSync, true)
    const [task] = network.record({ calldata: lab.read("old") })
    const [result] = await network.execute(2, [task!])
    assert.equal(new TextDecoder().decode(task!.open(result!.output!, result!.receipt.taskId).data), "kept")
    await network.commit(2)
    await network.stop()
  })

  it("stand at the same places with the same bytes after a crash, however the tasks come", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = rewrites(network, 20)
    const first = await network.execute(1, tasks)
    await restart(network, 1)
    const again = []
    for (const task of tasks) again.push(...(await network.execute(1, [task])))
    assert.ok(first.some(({ checkpointHashes }) => checkpointHashes.length > 0))
    assert.deepEqual(
      again.map(({ receipt, checkpointHashes }) => ({ receipt, checkpointHashes })),
      first.map(({ receipt, checkpointHashes }) => ({ receipt, checkpointHashes })),
    )
    await network.stop()
  })

  it("never follow callbacks, which may undo what they would hold: the next task makes up for it", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const value = (n: number) => String.fromCharCode(97 + n).repeat(16_500)
    const writes = Array.from({ length: 16 }, (_, n) => ({ calldata: lab.write("key", value(n)), fields: GAS }))
    const results = await network.execute(1, network.record(...writes, { calldata: lab.count() }))
    const history = [...network.deltas, ...results.map(({ delta }) => delta!)].reduce(
      (sum, { length }) => sum + length,
      0,
    )
    const due = CHECKPOINT_HISTORY_BYTES + 2 * ("key".length + 16_500 + 10 + "counter".length + 8 + 10)
    // As many more as leave it to the next to reach the line.
    const small = results.at(-1)!.delta!.length
    const counts = Math.floor((due - 1 - history) / small)
    const more = Array.from({ length: counts }, () => ({ calldata: lab.count() }))
    const callback = { calldata: lab.callback(addressOf("callee"), new Uint8Array(1)), fields: { callbackGas: 10n } }
    const counted = await network.execute(1, network.record(...more, callback))
    assert.equal(counted.length, counts + 1)
    assert.equal(Math.max(...checkpointHashes(counted)), 0)
    await network.commit(1, { callbacksOk: true })
    assert.deepEqual(checkpointHashes(await network.execute(1, network.record({ calldata: lab.count() }))), [1])
    await network.commit(1)
    await network.stop()
  })

  it("do not open when a link is missing, changed or swapped; a history cut before the end is not enough", async () => {
    const network = await (await TestNetwork.ready({ workers: 2 })).deployed()
    const five = network.record(...[0, 1, 2, 3, 4].map((n) => large(`key ${n}`, n)))
    await network.execute(1, [...five, ...rewrites(network, 26)])
    await network.commit(1)
    network.openEpoch(2)
    await network.equip(2)
    const history = network.deltas.slice(checkpointsOf(network.deltas).at(-1)!)
    const links = history.filter((link) => decodeDelta(link).header.kind === DELTA_KIND.checkpoint).length
    assert.ok(links >= 2, "the state needs more than one link")
    const replay = (list: readonly Uint8Array[]) => network.worker(2).replay(network.contract, list)
    const flip = (link: Uint8Array) => link.map((b, i) => (i === link.length - 1 ? b ^ 1 : b))
    await refuses("ENCLAVE_DELTA_NOT_CHAINED", () => replay(history.slice(1)))
    await refuses("ENCLAVE_DELTA_NOT_CHAINED", () => replay([history[0]!, ...history.slice(2)]))
    await refuses("ENCLAVE_DELTA_REFUSED", () => replay([history[0]!, flip(history[1]!), ...history.slice(2)]))
    await refuses("ENCLAVE_DELTA_REFUSED", () => replay([flip(history[0]!), ...history.slice(1)]))
    assert.equal((await replay(history.slice(0, 1))).inSync, false)
    assert.equal((await replay(history)).inSync, true)
    await network.stop()
  })
})

const checkpointHashes = (results: readonly { readonly checkpointHashes: readonly Uint8Array[] }[]) =>
  results.map(({ checkpointHashes: hashes }) => hashes.length)
