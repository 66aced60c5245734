import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import type { Hex } from "@enigma-discovery/protocol"
import { Wallet } from "ethers"
import { creditOf, deposit, withdrawCredit } from "../src/account.ts"
import { ADDRESSES } from "./support/fake-enigma.ts"
import { CHAIN_ID, FakeNetwork, USER } from "./support/fake-network.ts"
import { errorCode, setup } from "./support/setup.ts"

describe("the credit account", () => {
  it("takes ENG under a permit: one signature, one transaction, no approval", async () => {
    const owner = new Wallet(`0x${"17".repeat(32)}`)
    const account = owner.address.toLowerCase() as Hex
    const net = new FakeNetwork()
    net.chain.accounts = [account]
    let sent: string | undefined
    const seen: string[] = []
    net.chain.intercept = (method, params) => {
      seen.push(method)
      if (method === "eth_sendTransaction") sent = (params[0] as { data: string }).data
      if (method !== "eth_signTypedData_v4") return undefined
      const { domain, types, message } = JSON.parse(params[1] as string)
      assert.equal(params[0], account)
      assert.deepEqual([domain.name, domain.version, BigInt(domain.chainId)], ["Enigma", "1", CHAIN_ID])
      assert.equal(domain.verifyingContract.toLowerCase(), ADDRESSES.token)
      const { EIP712Domain: _, ...rest } = types
      return owner.signTypedData(domain, rest, message)
    }
    const { client } = setup({ net })
    const moved = await deposit(client, { amountGrains: 500n })
    assert.equal(BigInt(moved.blockNumber), net.chain.head.number)
    assert.equal(seen.filter((one) => /send|sign/i.test(one)).length, 2)
    const [amount, deadline, v, r, s] = enigmaInterface.decodeFunctionData("depositWithPermit", sent!)
    assert.equal(amount, 500n)
    assert.ok(deadline > net.chain.head.timestampS)
    assert.ok(v === 27n || v === 28n)
    assert.ok(r.length === 66 && s.length === 66)
    assert.equal(await creditOf(client), 500n)
  })

  it("uses an allowance that is there already: one transaction and no signature", async () => {
    const { net, client } = setup()
    net.chain.mine(({ world }) => world.ledger.set(`allowance ${USER}`, 10n ** 9n))
    const before = await creditOf(client, { account: USER })
    await deposit(client, { amountGrains: 7n })
    assert.equal(await creditOf(client), before + 7n)
    assert.ok(!net.chain.calls.includes("eth_signTypedData_v4"))
  })

  it("gives credit back, and says when there is too little", async () => {
    const { client } = setup()
    const before = await creditOf(client)
    await withdrawCredit(client, { amountGrains: 3n })
    assert.equal(await creditOf(client), before - 3n)
    await assert.rejects(withdrawCredit(client, { amountGrains: before }), errorCode("CREDIT_TOO_LOW"))
    await assert.rejects(withdrawCredit(client, { amountGrains: 1n, to: "0x12" }), { name: "PROTOCOL_BAD_LENGTH" })
  })

  it("says so when the permit is not signed", async () => {
    const { net, client } = setup()
    net.chain.intercept = (method) => {
      if (method === "eth_signTypedData_v4") throw Object.assign(new Error("denied"), { code: 4001 })
      return undefined
    }
    await assert.rejects(deposit(client, { amountGrains: 1n }), errorCode("USER_REJECTED"))
    assert.ok(!net.chain.calls.includes("eth_sendTransaction"))
  })
})
