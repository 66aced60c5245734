import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { addressOfSigningKey, newSigningKey } from "@enigma-discovery/crypto"
import { decode, encode, fromHex, type Hex, REQUESTS, toHex } from "@enigma-discovery/protocol"
import { contractKey } from "../src/contract-key.ts"
import { clientErrors } from "../src/errors.ts"
import type { Rule } from "./support/fake-gateways.ts"
import { FakeNetwork, MEASUREMENT, networkConfig } from "./support/fake-network.ts"
import { errorCode, setup, URLS } from "./support/setup.ts"

const CONTRACT: Hex = `0x${"c0".repeat(20)}`
const ZERO = new Uint8Array(32)

/** The error each gateway was refused for, innermost first. */
function reasons(error: unknown): readonly string[] {
  assert.ok(clientErrors.is(error, "GATEWAYS_FAILED"))
  const { errors } = error.cause as AggregateError
  return errors.map((one: Error) => (one.cause instanceof Error ? one.cause.name : one.name))
}
const onlyStatement = (net: FakeNetwork, statement: () => unknown): Partial<Record<string, Rule>> =>
  Object.fromEntries(
    URLS.map((url) => [
      url,
      (method, params) => (method === "enigma_keyStatement" ? statement() : net.answer(method, params)),
    ]),
  )

describe("contractKey", () => {
  it("gives the key of the drawn worker, for whatever contract", async () => {
    const { net, client } = setup()
    for (let i = 1; i <= 12; i++) {
      const contract: Hex = `0x${i.toString(16).padStart(40, "0")}`
      const key = await contractKey(client, { contract })
      assert.equal(key.worker.workerId, net.drawn(contract).id)
      assert.equal(key.worker.measurement, toHex(MEASUREMENT))
      assert.equal(key.worker.operator, toHex(net.drawn(contract).operator))
      assert.deepEqual(key.ioPublicKey, net.io(contract).public)
      assert.equal(key.epoch, 1)
    }
  })

  it("remembers the key for its epoch, and no longer", async () => {
    const { net, client, gateways } = setup()
    const first = await contractKey(client, { contract: CONTRACT })
    assert.equal(await contractKey(client, { contract: CONTRACT }), first)
    assert.equal(gateways.asked.length, 1)
    net.nextEpoch()
    const next = await contractKey(client, { contract: CONTRACT })
    assert.equal(next.epoch, 2)
    assert.notDeepEqual(next.ioPublicKey, first.ioPublicKey)
  })

  it("stops using a remembered key when its worker is banned", async () => {
    const { net, client } = setup()
    await contractKey(client, { contract: CONTRACT })
    const worker = net.drawn(CONTRACT)
    net.enigma.setWorker(worker.id, { ...worker, status: 4 })
    await assert.rejects(contractKey(client, { contract: CONTRACT }), errorCode("WORKER_UNFIT"))
  })

  const net = new FakeNetwork()
  const other = net.workers.find(({ id }) => id !== net.drawn(CONTRACT).id)!
  const stranger = newSigningKey()
  const worker = net.drawn(CONTRACT)
  const edited = (change: (answer: { statement: object; worker: object }) => object): Hex => {
    const { response, maxResponseBytes } = REQUESTS.keyStatement
    const honest = decode(response, fromHex(net.statement(CONTRACT)), maxResponseBytes)
    return toHex(encode(response, change(honest) as never))
  }
  const forged: Record<string, [() => unknown, string]> = {
    "signed by a stranger": [() => net.statement(CONTRACT, { signing: stranger }), "VERIFY_WRONG_SIGNER"],
    "of a worker that is not drawn": [() => net.statement(CONTRACT, { worker: other }), "VERIFY_NOT_DRAWN"],
    "of another contract": [
      () => net.statement(CONTRACT, { contract: `0x${"c1".repeat(20)}` }),
      "VERIFY_WRONG_CONTRACT",
    ],
    "of an epoch that never was": [() => net.statement(CONTRACT, { epoch: 9, worker }), "VERIFY_WRONG_EPOCH"],
    "of epoch 0": [() => net.statement(CONTRACT, { epoch: 0, worker }), "CLIENT_STATEMENT_STALE"],
    "whose key was exchanged": [
      () => edited(({ statement, ...rest }) => ({ ...rest, statement: { ...statement, ioPublicKey: ZERO.fill(8) } })),
      "VERIFY_WRONG_SIGNER",
    ],
    "whose key is zero": [
      () => net.statement(CONTRACT, { ioPublicKey: new Uint8Array(32) }),
      "CLIENT_STATEMENT_INVALID",
    ],
    "with a quote of another root": [
      () => net.statement(CONTRACT, { quote: net.quote(worker, { root: stranger }) }),
      "VERIFY_WRONG_SIGNER",
    ],
    "with a quote of another program": [
      () => net.statement(CONTRACT, { quote: net.quote(worker, { measurement: ZERO }) }),
      "VERIFY_QUOTE",
    ],
    "with the quote of another worker": [
      () => net.statement(CONTRACT, { quote: net.quote(other) }),
      "VERIFY_REPORT_MISMATCH",
    ],
    "with the quote of a key manager": [
      () => net.statement(CONTRACT, { quote: net.quote(worker, { role: 2 }) }),
      "VERIFY_REPORT_MISMATCH",
    ],
    "with a quote that was told of another network": [
      () => net.statement(CONTRACT, { quote: net.quote(worker, { trustHash: ZERO }) }),
      "VERIFY_REPORT_MISMATCH",
    ],
    "with a quote from the future": [
      () => net.statement(CONTRACT, { quote: net.quote(worker, { issuedAtS: 9_000_000_000n }) }),
      "VERIFY_QUOTE",
    ],
    "of an enclave that is not registered": [
      () => edited(({ worker: info, ...rest }) => ({ ...rest, worker: { ...info, signer: new Uint8Array(20) } })),
      "VERIFY_REPORT_MISMATCH",
    ],
    "with an encryption key that is not registered": [
      () => edited(({ worker: info, ...rest }) => ({ ...rest, worker: { ...info, encryptionKey: ZERO } })),
      "VERIFY_REPORT_MISMATCH",
    ],
    "that is too long": [() => `0x${"00".repeat(20_000)}`, "PROTOCOL_TOO_LARGE"],
    "that is cut": [() => net.statement(CONTRACT).slice(0, -2), "PROTOCOL_TOO_SHORT"],
    "that is no hex": [() => "0xzz", "PROTOCOL_BAD_HEX"],
    "that is no text": [() => ({ toString: null }), "PROTOCOL_BAD_HEX"],
    "that is nothing": [() => null, "PROTOCOL_BAD_HEX"],
  }
  for (const [what, [statement, reason]] of Object.entries(forged)) {
    it(`refuses a statement ${what}`, async () => {
      const { client } = setup({ net, rules: onlyStatement(net, statement) })
      await assert.rejects(contractKey(client, { contract: CONTRACT }), (error: unknown) => {
        assert.deepEqual(reasons(error), [reason, reason, reason])
        return true
      })
      assert.deepEqual(
        client.gateways.health().map(({ lies }) => lies),
        [1, 1, 1],
      )
      const honest = setup({ net, rules: { [URLS[0]]: onlyStatement(net, statement)[URLS[0]] } })
      assert.equal((await contractKey(honest.client, { contract: CONTRACT })).epoch, net.epoch)
      assert.equal(honest.client.gateways.health()[0]!.lastFailure?.code, "CLIENT_GATEWAY_LIED")
      await contractKey(honest.client, { contract: `0x${"c9".repeat(20)}` })
      assert.ok(!honest.gateways.asked.slice(2).includes(`${URLS[0]} enigma_keyStatement`), "a liar is asked last")
    })
  }

  it("takes the statement of the epoch just before, from the worker that was drawn then", async () => {
    const net = new FakeNetwork()
    const before = net.drawn(CONTRACT)
    net.nextEpoch()
    const { client } = setup({ net, rules: onlyStatement(net, () => net.statement(CONTRACT, { epoch: 1 })) })
    const key = await contractKey(client, { contract: CONTRACT })
    assert.equal(key.epoch, 1)
    assert.equal(key.worker.workerId, before.id)
    net.nextEpoch()
    await assert.rejects(contractKey(client, { contract: CONTRACT }), (error: unknown) => {
      assert.deepEqual(reasons(error), Array(3).fill("CLIENT_STATEMENT_STALE"))
      return true
    })
  })

  it("refuses the epoch before when its state is gone", async () => {
    const net = new FakeNetwork()
    net.nextEpoch()
    net.chain.historyFrom = net.chain.head.number
    const { client } = setup({ net, rules: onlyStatement(net, () => net.statement(CONTRACT, { epoch: 1 })) })
    await assert.rejects(contractKey(client, { contract: CONTRACT }), (error: unknown) => {
      assert.deepEqual(reasons(error), Array(3).fill("CLIENT_HISTORY_UNAVAILABLE"))
      return true
    })
  })

  it("takes the statement of an epoch that opened while it asked", async () => {
    const net = new FakeNetwork()
    const rules = onlyStatement(net, () => {
      if (net.epoch === 1) net.nextEpoch()
      return net.statement(CONTRACT)
    })
    const { client } = setup({ net, rules })
    assert.equal((await contractKey(client, { contract: CONTRACT })).epoch, 2)
  })

  it("pins the network's configuration when it is given", async () => {
    const devRoot = toHex(addressOfSigningKey(net.devRoot))
    const trust = { devRoot, measurements: [toHex(MEASUREMENT)], network: networkConfig() }
    const good = setup({ net, options: { trust } })
    assert.equal((await contractKey(good.client, { contract: CONTRACT })).epoch, net.epoch)
    const other = { ...trust, network: { ...networkConfig(), depth: 3 } }
    await assert.rejects(
      contractKey(setup({ net, options: { trust: other } }).client, { contract: CONTRACT }),
      (error) => {
        assert.deepEqual(reasons(error), Array(3).fill("VERIFY_REPORT_MISMATCH"))
        return true
      },
    )
  })

  it("asks Enigma's verifier for the program when told so", async () => {
    const net = new FakeNetwork()
    const trust = { devRoot: toHex(addressOfSigningKey(net.devRoot)), measurements: "chain" as const }
    const { client } = setup({ net, options: { trust } })
    assert.equal((await contractKey(client, { contract: CONTRACT })).worker.measurement, toHex(MEASUREMENT))
    net.enigma.allowed.clear()
    await assert.rejects(contractKey(client, { contract: `0x${"c2".repeat(20)}` }), (error: unknown) => {
      assert.deepEqual(reasons(error), Array(3).fill("VERIFY_QUOTE"))
      return true
    })
  })

  it("says what is wrong on chain without blaming a gateway", async () => {
    const banned = new FakeNetwork()
    for (const one of banned.workers) banned.enigma.setWorker(one.id, { ...one, status: 4 })
    const expired = new FakeNetwork()
    for (const one of expired.workers) expired.enigma.setWorker(one.id, { ...one, expiryS: 1n })
    for (const net of [banned, expired]) {
      const { client, gateways } = setup({ net })
      await assert.rejects(contractKey(client, { contract: CONTRACT }), errorCode("WORKER_UNFIT"))
      assert.equal(gateways.asked.length, 0)
    }
    const nobody = new FakeNetwork([0, 0, 0].map(() => 1))
    for (const one of nobody.workers) nobody.enigma.setWorker(one.id, { ...one, weight: 0 })
    nobody.nextEpoch()
    await assert.rejects(contractKey(setup({ net: nobody }).client, { contract: CONTRACT }), errorCode("NO_WORKER"))
    const early = new FakeNetwork()
    early.enigma.openEpoch(0, new Uint8Array(32), 0)
    await assert.rejects(contractKey(setup({ net: early }).client, { contract: CONTRACT }), errorCode("NO_EPOCH"))
  })

  it("refuses a provider of another chain and an address without Enigma", async () => {
    await assert.rejects(
      contractKey(setup({ options: { chainId: 5 } }).client, { contract: CONTRACT }),
      errorCode("WRONG_CHAIN"),
    )
    const elsewhere = setup({ options: { enigmaAddress: `0x${"55".repeat(20)}` } })
    await assert.rejects(contractKey(elsewhere.client, { contract: CONTRACT }), errorCode("WRONG_ENIGMA"))
  })

  it("ends with the Ethereum node's failure, which is no gateway's fault, and works when the node is back", async () => {
    const { net, client } = setup()
    net.chain.intercept = (method) => {
      if (method === "eth_getStorageAt") throw new Error("rate limit")
      return undefined
    }
    await assert.rejects(contractKey(client, { contract: CONTRACT }), { name: "CHAIN_RPC_UNREACHABLE" })
    net.chain.intercept = (method) => (method === "eth_getStorageAt" ? { evil: true } : undefined)
    await assert.rejects(contractKey(client, { contract: CONTRACT }), { name: "CHAIN_BAD_RESPONSE" })
    net.chain.intercept = undefined
    assert.equal((await contractKey(client, { contract: CONTRACT })).epoch, 1)
    assert.ok(client.gateways.health().every(({ failuresInARow }) => failuresInARow === 0))
  })

  it("gives up at once when told to", async () => {
    const { client, net } = setup()
    net.chain.intercept = () => new Promise(() => {})
    const controller = new AbortController()
    const asked = contractKey(client, { contract: CONTRACT, signal: controller.signal })
    controller.abort(new Error("enough"))
    await assert.rejects(asked, { message: "enough" })
  })
})
