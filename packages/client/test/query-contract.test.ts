import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  EIP712_DOMAIN,
  GATEWAY_ERROR,
  GATEWAY_METHODS,
  type Hex,
  QUERY_RESULT,
  toHex,
} from "@enigma-discovery/protocol"
import { SLOT } from "@enigma-discovery/verify"
import { BrowserProvider, Interface, verifyTypedData, Wallet } from "ethers"
import type { ViewName } from "../src/abi.ts"
import { contractAt } from "../src/contract-at.ts"
import { forgetKeys, signPermit } from "../src/permits.ts"
import { queryContract } from "../src/query-contract.ts"
import type { AnswerBody, AskedQuery } from "./support/enclave-seal.ts"
import { ADDRESSES } from "./support/fake-enigma.ts"
import { RpcFailure } from "./support/fake-gateways.ts"
import { CHAIN_ID, type FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, abiEncode, deployed, errorCode, setup, URLS } from "./support/setup.ts"

const iface = new Interface(ABI as never)
const PERMIT = {
  Permit: [
    { name: "secretContract", type: "address" },
    { name: "methods", type: "bytes4[]" },
    { name: "argumentsHash", type: "bytes32" },
    { name: "readerKey", type: "bytes32" },
    { name: "expiryS", type: "uint64" },
  ],
}
const data = abiEncode(["tuple(address,uint256)[]", "uint256"], [[[USER, 7n]], 15n])
const top = { fn: "top", args: [2] } as const

/** The account whose permit this is, by ethers; and the answer of a contract whose state stands where the chain does. */
function permitted(net: FakeNetwork, { permit, permitSignature }: AskedQuery): string {
  const domain = { ...EIP712_DOMAIN, chainId: CHAIN_ID, verifyingContract: ADDRESSES.enigma }
  const value = {
    secretContract: toHex(permit.contract),
    methods: permit.methods.map(toHex),
    argumentsHash: toHex(permit.argumentsHash),
    readerKey: toHex(permit.readerKey),
    expiryS: permit.expiryS,
  }
  assert.ok(permit.expiryS > net.chain.head.timestampS)
  return verifyTypedData(domain, PERMIT, value, toHex(permitSignature)).toLowerCase()
}

/** A reader with a key of its own, and a deployed contract. Signing is counted. */
async function scene(rulesOf: (net: FakeNetwork) => Parameters<typeof setup>[0] = () => ({})) {
  const { net, address, gateways } = await deployed()
  const owner = new Wallet(`0x${"31".repeat(32)}`, new BrowserProvider(net.chain))
  let prompts = 0
  const signTypedData = owner.signTypedData.bind(owner)
  owner.signTypedData = (...args) => {
    prompts++
    return signTypedData(...args)
  }
  const as = (signer: Wallet, options = {}) =>
    setup({ ...rulesOf(net), net, options: { provider: undefined, signer, ...options } as never }).client
  const client = as(owner, { timeouts: { gatewayMs: 5_000, queryMs: 20_000 } })
  const stands = (change: Partial<AnswerBody> = {}): AnswerBody => ({
    ...{ result: QUERY_RESULT.returned, data, records: 1, blockNumber: net.chain.head.number },
    ...change,
  })
  net.onQuery = (asked) => {
    assert.equal(permitted(net, asked), owner.address.toLowerCase())
    assert.deepEqual(asked.readerKey, asked.permit.readerKey)
    return stands()
  }
  return { net, address, gateways, client, owner, as, stands, prompts: () => prompts }
}

describe("queryContract", () => {
  it("asks a view under a permit, and decodes what the enclave sealed for the reader", async () => {
    const { net, client, address, prompts } = await scene()
    const [list, total] = await contractAt(client, address, ABI).query(top)
    assert.deepEqual([list[0]!.who.toLowerCase(), list[0]!.worth, total], [USER, 7n, 15n])
    assert.equal(toHex(net.queries[0]!.calldata), iface.encodeFunctionData("top", [2]))
    const answer = await queryContract(client, { ...top, contract: address, abi: ABI })
    assert.deepEqual([answer.records, answer.blockNumber, answer.value[1]], [1, net.chain.head.number, 15n])
    assert.equal(prompts(), 1, "the permit is used again")
    assert.deepEqual(net.queries[0]!.permit, net.queries[1]!.permit)
    assert.equal(net.chain.calls.filter((method) => /send/i.test(method)).length, 1, "the deployment, nothing else")
  })

  it("asks the wallet once for queries at the same time, and again after expiry or when the keys are forgotten", async () => {
    const { net, client, address, prompts } = await scene()
    const contract = contractAt(client, address, ABI)
    await Promise.all([1, 2, 3].map(() => contract.query(top)))
    assert.equal(prompts(), 1)
    // An hour is 300 blocks here; a permit in its last minute is replaced.
    for (let i = 0; i < 296; i++) net.chain.mine()
    await contract.query(top)
    assert.equal(prompts(), 2)
    await forgetKeys(client)
    await contract.query(top)
    assert.equal(prompts(), 3)
    const keys = net.queries.map(({ readerKey }) => toHex(readerKey))
    assert.deepEqual([new Set(keys).size, keys[0] === keys[2]], [3, true])
  })

  it("takes a narrower permit, and says itself what it does not cover", async () => {
    const { net, client, address, prompts } = await scene()
    const contract = contractAt(client, address, ABI)
    const permit = await contract.permit({ fns: ["top"], args: [2], validForS: 60 })
    await contract.query({ ...top, permit })
    const { methods, expiryS } = net.queries[0]!.permit
    assert.deepEqual(methods.map(toHex), [iface.getFunction("top")!.selector])
    assert.equal(expiryS, net.chain.head.timestampS + 60n)
    const unfit = (p: Parameters<typeof contract.query>[0]) =>
      assert.rejects(contract.query(p), errorCode("PERMIT_UNFIT"))
    await unfit({ fn: "top", args: [3], permit })
    await unfit({ ...top, permit: { ...permit, contract: `0x${"99".repeat(20)}` } })
    await unfit({ ...top, permit: { ...permit, methods: ["0x12345678"] } })
    for (let i = 0; i < 5; i++) net.chain.mine()
    await unfit({ ...top, permit })
    assert.deepEqual([prompts(), net.queries.length], [1, 1], "nothing was sent")
    const bad = { contract: address, abi: ABI, args: [2] as const }
    await assert.rejects(signPermit(client, bad), errorCode("BAD_OPTION"))
    await assert.rejects(signPermit(client, { contract: address, abi: ABI, validForS: 0 }), errorCode("BAD_OPTION"))
  })

  it("is refused by the enclave for a permit of another reader, an expired one or another scope, with the reason", async () => {
    const { net, client, address } = await scene()
    for (const why of ["it is for another reader", "it has expired", "another method"]) {
      net.onQuery = () => ({ result: QUERY_RESULT.refused, message: why, records: 0, blockNumber: 0n })
      await assert.rejects(contractAt(client, address, ABI).query(top), (error: unknown) => {
        assert.equal((error as { data: { why: string } }).data.why, why)
        return errorCode("QUERY_REFUSED")(error)
      })
    }
    assert.equal(net.queries.length, 3, "a refusal is final")
  })

  it("reads one's own writes: waits until the state stands after the task", async () => {
    const { net, client, address, stands } = await scene()
    const asked: number[] = []
    net.onQuery = ({ minRecords }) => {
      asked.push(minRecords)
      if (asked.length < 3) return stands({ result: QUERY_RESULT.stale, data: new Uint8Array(), records: 1 })
      return stands({ records: 2 })
    }
    assert.equal((await contractAt(client, address, ABI).query({ ...top, after: { index: 1 } }))[1], 15n)
    assert.deepEqual(asked, [2, 2, 2])
  })

  it("refuses a state older than asked for, also from an enclave that calls it new", async () => {
    const { net, client, address, stands } = await scene()
    const contract = contractAt(client, address, ABI)
    const stale = (change: Partial<AnswerBody>, options: object = {}) => {
      net.onQuery = () => stands(change)
      return assert.rejects(contract.query({ ...top, ...options, timeoutMs: 400 }), errorCode("QUERY_STALE"))
    }
    for (let i = 0; i < 40; i++) net.chain.mine()
    await stale({}, { minRecords: 2 })
    await stale({ result: QUERY_RESULT.stale, records: 7 })
    await stale({ blockNumber: net.chain.head.number - 33n })
    await stale({ blockNumber: net.chain.head.number - 3n }, { maxAgeBlocks: 2 })
    await stale({}, { minBlock: net.chain.head.number + 1n })
    net.onQuery = () => stands({ blockNumber: net.chain.head.number - 32n })
    await contract.query(top)
    // Asked for what it then checks: a host that keeps the enclave on an old view can't have it answer at all.
    assert.equal(net.queries.at(-1)!.minBlock, net.chain.head.number - 32n)
  })

  it("refuses a state that is older, or another, than what the chain has committed", async () => {
    const { net, client, address, stands } = await scene()
    const contract = contractAt(client, address, ABI)
    net.commit(address, 1)
    const head = new Uint8Array(32).fill(0x44)
    const slot = SLOT.queueHead(Buffer.from(address.slice(2), "hex"))
    net.chain.mine(({ world }) => world.storage.set(slot, BigInt(toHex(head))))
    net.onQuery = () => stands({ records: 0, head })
    await assert.rejects(contract.query({ ...top, timeoutMs: 400 }), errorCode("QUERY_STALE"))
    net.onQuery = () => stands({ records: 1, head: new Uint8Array(32).fill(0x45) })
    await assert.rejects(contract.query(top), errorCode("QUERY_INVALID"))
    net.onQuery = () => stands({ records: 1, head })
    await contract.query(top)
    net.onQuery = () => stands({ records: 2, head: new Uint8Array(32).fill(0x46) })
    await contract.query(top)
  })

  it("goes on over an epoch's change and a worker that is not ready, and past gateways that lie", async () => {
    let refusals = 2
    const { net, client, address } = await scene((net) => {
      const unless = (query: (honest: () => unknown) => unknown) => (method: string, params: readonly never[]) => {
        const honest = () => net.answer(method, params)
        return method === GATEWAY_METHODS.query ? query(honest) : honest()
      }
      const refuses = unless((honest) => {
        if (refusals-- <= 0) return honest()
        net.nextEpoch()
        return new RpcFailure(GATEWAY_ERROR.refused, "another epoch's key")
      })
      const notYet = unless(() => new RpcFailure(GATEWAY_ERROR.unavailable, "not yet"))
      return { rules: { [URLS[0]]: unless(() => "0x01"), [URLS[1]]: refuses, [URLS[2]]: notYet } }
    })
    const epoch = net.epoch
    assert.equal((await contractAt(client, address, ABI).query(top))[1], 15n)
    assert.equal(net.queries.at(-1)!.keyEpoch, epoch + 2, "sealed anew to each epoch's key")
    assert.ok(client.gateways.health()[0]!.lies > 0)
  })

  it("tells how a view failed, and what is no view", async () => {
    const { net, client, address, stands } = await scene()
    const contract = contractAt(client, address, ABI)
    for (const [result, code] of [
      [QUERY_RESULT.reverted, "QUERY_REVERTED"],
      [QUERY_RESULT.outOfGas, "QUERY_OUT_OF_GAS"],
      [QUERY_RESULT.trapped, "QUERY_TRAPPED"],
      [QUERY_RESULT.badInput, "QUERY_BAD_INPUT"],
      [QUERY_RESULT.callbackFailed, "QUERY_INVALID"],
    ] as const) {
      net.onQuery = () => stands({ result, message: "no" })
      await assert.rejects(contract.query(top), errorCode(code))
    }
    const none = { contract: address, abi: ABI, fn: "addMillionaire" as "top", args: [1] as const }
    await assert.rejects(queryContract(client, none), errorCode("NOT_A_VIEW"))
    await assert.rejects(contract.query({ ...top, signal: AbortSignal.abort(new Error("gone")) }), /gone/)
  })

  it("refuses a signature that is not the account's", async () => {
    const { address, owner, as } = await scene()
    const other = new Wallet(`0x${"32".repeat(32)}`)
    owner.signTypedData = other.signTypedData.bind(other)
    await assert.rejects(contractAt(as(owner), address, ABI).query(top), errorCode("PERMIT_INVALID"))
    owner.signTypedData = async () => `0x${"00".repeat(65)}`
    await assert.rejects(contractAt(as(owner), address, ABI).query(top), errorCode("PERMIT_INVALID"))
  })

  it("never prints the reader's key", async () => {
    const { client, address } = await scene()
    const permit = await contractAt(client, address, ABI).permit()
    const secret = permit.reader.secretKey.expose((bytes) => Buffer.from(bytes).toString("hex"))
    assert.ok(!JSON.stringify(permit, (_, v) => (typeof v === "bigint" ? String(v) : v)).includes(secret))
  })
})

// Types: views only, and any name where the ABI is not a literal.
const _views: ViewName<typeof ABI> = "top"
// @ts-expect-error a function that writes
const _write: ViewName<typeof ABI> = "addMillionaire"
const _any: ViewName<readonly { type: string; name: string }[]> = "anything"
void [_views, _write, _any, {} as Hex]
