import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import { BrowserProvider, FallbackProvider, Wallet } from "ethers"
import { contractAt } from "../src/contract-at.ts"
import * as everything from "../src/index.ts"
import { checkGateways, checkNetwork } from "../src/network.ts"
import { hanging } from "./support/fake-gateways.ts"
import { FakeNetwork } from "./support/fake-network.ts"
import { ABI, deployed, errorCode, setup, URLS } from "./support/setup.ts"

describe("createClient", () => {
  it("exports this and no more", () => {
    assert.deepEqual(Object.keys(everything).sort(), [
      "MAX_INPUT_BYTES",
      "callContract",
      "callRelayed",
      "cancelOrders",
      "checkGateways",
      "checkNetwork",
      "clientErrors",
      "contractAt",
      "contractKey",
      "createClient",
      "creditOf",
      "decodeEvent",
      "decodeRevert",
      "deployContract",
      "deposit",
      "endOf",
      "estimateCall",
      "exportPrepared",
      "exportTask",
      "fetchReceipt",
      "fetchResult",
      "findRecord",
      "forgetKeys",
      "importPrepared",
      "importTask",
      "openOutput",
      "outcomeOf",
      "parametersOf",
      "parseCommitted",
      "paymentBalance",
      "predictAddress",
      "prepareDeployment",
      "prepareStored",
      "prepareTask",
      "queryContract",
      "recordOrder",
      "recordTask",
      "recordTasks",
      "refreshRecord",
      "sealForStorage",
      "sealInput",
      "settleExpired",
      "signOrder",
      "signPermit",
      "storageKey",
      "submitCode",
      "submitEnvelope",
      "taskHandle",
      "verifyReceipt",
      "waitForRecord",
      "withdrawCredit",
      "withdrawPayment",
    ])
  })

  it("asks nothing, and refuses what it can't work with", () => {
    const { net, client } = setup()
    assert.deepEqual(net.chain.calls, [])
    assert.ok(Object.isFrozen(client))
    const bad = (options: object) => () => setup({ options })
    assert.throws(bad({ enigmaAddress: "0x12" }), { name: "PROTOCOL_BAD_LENGTH" })
    assert.throws(bad({ provider: undefined }), errorCode("BAD_OPTION"))
    assert.throws(bad({ provider: {} }), errorCode("PROVIDER_UNUSABLE"))
    assert.throws(bad({ gateways: [] }), errorCode("BAD_OPTION"))
    const devRoot = `0x${"11".repeat(20)}`
    assert.throws(bad({ trust: { devRoot, measurements: [] } }), errorCode("BAD_OPTION"))
    assert.throws(bad({ trust: { devRoot: "0x", measurements: "chain" } }), { name: "PROTOCOL_BAD_LENGTH" })
    assert.throws(bad({ chainId: 1 }), errorCode("BAD_OPTION"))
  })

  it("works with ethers' signers: one that asks the node to sign, and one that holds a key", async () => {
    const { net, address } = await deployed()
    const provider = new BrowserProvider(net.chain, undefined, { pollingInterval: 5 })
    const { client } = setup({ net, options: { provider: undefined, signer: await provider.getSigner() } as never })
    const task = await contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] })
    assert.equal(task.taskId, toHex(net.record(address, 1).taskId))

    const wallet = new Wallet(`0x${"19".repeat(32)}`, provider)
    net.enigma.credit(wallet.address.toLowerCase() as Hex, 10n ** 12n)
    const own = setup({ net, options: { provider: undefined, signer: wallet } as never })
    const contract = contractAt(own.client, address, ABI)
    // In parallel: two sends of one key must not get one nonce.
    const both = await Promise.all([1, 2].map(() => contract.call({ fn: "computeRichest", args: [] })))
    assert.deepEqual(both.map(({ index }) => index).sort(), [2, 3])
    assert.equal(toHex(both[0]!.recorded.record.sender), wallet.address.toLowerCase())
    provider.destroy()
  })

  it("refuses a provider that speaks no JSON-RPC", () => {
    const net = new FakeNetwork()
    const fallback = new FallbackProvider([new BrowserProvider(net.chain)], Number(net.chain.chainId))
    assert.throws(() => setup({ net, options: { provider: fallback } }), errorCode("PROVIDER_UNUSABLE"))
  })

  it("reads without a wallet, and says what needs one", async () => {
    const { net, address } = await deployed()
    const { client } = setup({
      net,
      options: {
        provider: { send: (method: string, params: never[]) => net.chain.request({ method, params }) } as never,
      },
    })
    await checkNetwork(client)
    const call = contractAt(client, address, ABI).call({ fn: "computeRichest", args: [] })
    await assert.rejects(call, errorCode("NO_SIGNER"))
  })

  it("tells of each gateway who it says it is", async () => {
    const net = new FakeNetwork()
    const wrong = () => ({ chainId: "5", enigma: `0x${"00".repeat(20)}` })
    const { client } = setup({ net, rules: { [URLS[1]]: wrong, [URLS[2]]: hanging } })
    const [one, two, three] = await checkGateways(client)
    assert.equal(one?.status?.chainId, "31337")
    assert.ok(errorCode("GATEWAY_WRONG_NETWORK")(two?.error))
    assert.ok(errorCode("GATEWAY_UNREACHABLE")(three?.error))
  })
})
