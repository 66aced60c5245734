import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { addressOfSigningKey, keccak256, SecretKey } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  decodeSealedQuery,
  fromHex,
  type Permit,
  QUERY_RESULT,
  RESULT_KIND,
  toHex,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import type { ContractKeys } from "../src/core/contract-keys.ts"
import type { Domain } from "../src/core/domain.ts"
import { openQuery, permitQuery, sealQueryAnswer } from "../src/core/query.ts"
import { LAB } from "./support/lab-contract.ts"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { Reader } from "./support/reader.ts"
import { refuses } from "./support/refuses.ts"

const counter = lab.read("counter")

describe("a sealed query's bytes", () => {
  it("open as the specification says, and so does the answer that is sealed (vectors)", () => {
    const v = JSON.parse(readFileSync(new URL("../../testing/vectors/queries.json", import.meta.url), "utf8"))
    const secretKey = SecretKey.copy(fromHex(v.ioSecret))
    const domain = { chainId: BigInt(v.chainId), enigma: fromHex(v.enigma), crypto: nodeCrypto } as Domain
    const keys = { io: () => ({ secretKey, publicKey: fromHex(v.ioPublicKey) }) } as unknown as ContractKeys
    const contract = fromHex(v.contract)
    for (const vector of v.queries) {
      const query = decodeSealedQuery(fromHex(vector.sealed))
      const opened = openQuery(domain, keys, contract, query)
      assert.deepEqual(
        [toHex(opened.body.calldata), opened.body.minRecords, opened.body.minBlock],
        [vector.calldata, vector.minRecords, BigInt(vector.minBlock)],
      )
      const state = { records: 5, blockNumber: 401n, nowS: BigInt(vector.permit.expiryS) - 1n }
      const allowed = { kind: "allowed", sender: fromHex(v.account) }
      assert.deepEqual(permitQuery(domain, contract, query, opened, state), allowed)
      const { data, head, blockNumber, ...rest } = vector.answer
      const body = { ...rest, data: fromHex(data), head: fromHex(head), blockNumber: BigInt(blockNumber) }
      const fixed = { ...domain, crypto: { ...nodeCrypto, randomBytes: () => fromHex(vector.answerSalt) } }
      assert.equal(toHex(sealQueryAnswer(fixed, contract, fromHex(vector.sealed), opened, body)), vector.sealedAnswer)
    }
  })
})

describe("a query", () => {
  it("reads its account's own last write, and says which state it read", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const reader = new Reader(network, "alice")
    const [task] = network.record({ calldata: lab.count() })
    const [result] = await network.execute(1, [task!])
    const answer = await reader.ask(counter, { minRecords: 2 })
    assert.deepEqual([answer.result, answer.data[0], answer.records], [RESULT_KIND.returned, 1, 2])
    assert.deepEqual(answer.head, result!.receipt.headAfter)
    assert.equal(answer.blockNumber, network.enigma.chain.number)
    const { data } = await reader.ask(lab.whoami())
    assert.deepEqual(data.slice(0, 20), addressOfSigningKey(reader.account))
    await network.stop()
  })

  it("changes nothing, draws nothing and calls nobody", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const reader = new Reader(network, "alice")
    assert.equal((await reader.ask(lab.count())).data[0], 1, "it sees its own write")
    assert.equal((await reader.ask(lab.count())).data[0], 1, "and nobody else does")
    for (const calldata of [lab.random(), lab.callback(addressOf("callee"), new Uint8Array())])
      assert.equal((await reader.ask(calldata)).result, RESULT_KIND.trapped)
    assert.equal((await reader.ask(lab.spin())).result, RESULT_KIND.outOfGas)
    const reverted = await reader.ask(lab.revert("not for you"))
    assert.deepEqual([reverted.result, reverted.message], [RESULT_KIND.reverted, "not for you"])
    const { inSync, executed } = await network.worker(1).queue(network.contract)
    assert.deepEqual([inSync, executed], [true, 0])
    await network.stop()
  })

  it("is refused when its permit is another's, expired, or does not cover it", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const alice = new Reader(network, "alice")
    const bob = new Reader(network, "bob")
    const refusesPermit = async (why: string, change: Partial<Permit>, calldata = counter) => {
      const { sealed, open } = alice.seal(calldata, { permit: alice.permit(change) })
      const raw = await network.worker(1).query(network.contract, sealed)
      const { result, message, data, records, head, blockNumber } = open(raw)
      assert.deepEqual([result, message, data.length, records, blockNumber], [QUERY_RESULT.refused, why, 0, 0, 0n])
      assert.deepEqual(head, new Uint8Array(32), "a reader without a permit learns nothing of the state")
      const answered = await network.worker(1).query(network.contract, alice.seal(counter).sealed)
      assert.equal(raw.length, answered.length, "the host can't tell it from an answer")
    }
    await refusesPermit("it is for another contract", { contract: addressOf("other") })
    await refusesPermit("it is for another reader", { readerKey: bob.publicKey })
    await refusesPermit("it has expired", { expiryS: network.enigma.chain.timestampS })
    await refusesPermit("another method", { methods: [Uint8Array.of(LAB.count, 1, 2, 3)] })
    await refusesPermit("other arguments", { argumentsHash: keccak256(utf8Bytes("others")) })
    const methods = [counter.slice(0, 4)]
    const argumentsHash = keccak256(counter.slice(4))
    await alice.ask(counter, { permit: alice.permit({ methods, argumentsHash }) })
    await refusesPermit("other arguments", { methods, argumentsHash }, lab.read("counted"))
    // Signed by somebody else, it runs in that somebody's name.
    const { data } = await alice.ask(lab.whoami(), { signer: bob.account })
    assert.deepEqual(data.slice(0, 20), addressOfSigningKey(bob.account))
    await network.stop()
  })

  it("is refused where the state is older than asked for, or the key not that of the epoch", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const reader = new Reader(network, "alice")
    for (const newer of [{ minRecords: 2 }, { minBlock: network.enigma.chain.number + 1n }]) {
      const { result, records, blockNumber, data } = await reader.ask(counter, newer)
      assert.deepEqual([result, records, data.length], [QUERY_RESULT.stale, 1, 0])
      assert.equal(blockNumber, network.enigma.chain.number, "a permitted reader hears where the state is")
    }
    await refuses("ENCLAVE_QUERY_REFUSED", () => reader.ask(counter, { keyEpoch: 0 }))
    const { sealed } = reader.seal(counter)
    const altered = sealed.map((b, i) => (i === sealed.length - 1 ? b ^ 1 : b))
    await refuses("ENCLAVE_QUERY_REFUSED", () => network.worker(1).query(network.contract, altered))
    const otherReader = sealed.map((b, i) => (i === 10 ? b ^ 1 : b))
    await refuses("ENCLAVE_QUERY_REFUSED", () => network.worker(1).query(network.contract, otherReader))
    await refuses("PROTOCOL_NOT_CANONICAL", () => network.worker(1).query(network.contract, sealed.slice(0, -1)))
    await refuses("ENCLAVE_NOT_DRAWN", () =>
      network.advance(2).then(() => network.worker(2).query(network.contract, sealed)),
    )
    await network.stop()
  })

  it("is not answered from an older state that a host feeds: not before all deltas are replayed", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    for (const _ of [1, 2]) {
      await network.execute(1, network.record({ calldata: lab.count() }))
      await network.commit(1)
    }
    network.openEpoch(2)
    await network.equip(2)
    const reader = new Reader(network, "alice")
    const ask = () => reader.ask(counter, {}, 2)
    await refuses("ENCLAVE_OUT_OF_SYNC", ask)
    await network.worker(2).replay(network.contract, network.deltas.slice(0, 2))
    await refuses("ENCLAVE_OUT_OF_SYNC", ask)
    await network.worker(2).replay(network.contract, network.deltas.slice(2))
    assert.deepEqual([(await ask()).data[0], (await ask()).records], [2, 3])
    await network.stop()
  })

  it("asked again gets another answer's bytes, under another key", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { sealed, open } = new Reader(network, "alice").seal(counter)
    const [first, second] = [
      await network.worker(1).query(network.contract, sealed),
      await network.worker(1).query(network.contract, sealed),
    ]
    assert.notDeepEqual(first.slice(33), second.slice(33))
    assert.deepEqual(open(first), open(second))
    await network.stop()
  })

  it("never shows a state that failing callbacks may take back", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const reader = new Reader(network, "alice")
    const fields = { callbackGas: 1_000n }
    const tasks = network.record(
      { calldata: lab.count() },
      { calldata: lab.callback(addressOf("x"), new Uint8Array()), fields },
    )
    await network.execute(1, tasks)
    const before = await reader.ask(counter)
    assert.deepEqual([before.data[0], before.records], [1, 2])
    await network.commit(1, { callbacksOk: true })
    const after = await reader.ask(counter)
    assert.deepEqual([after.data[0], after.records], [2, 3])
    await network.stop()
  })
})
