import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { Interface } from "ethers"
import { ethereumCaller, sdkErrors } from "../src/index.ts"
import { account, simulate } from "../src/simulate.ts"
import { compileText } from "./support/source.ts"

const SOLIDITY = new Interface([
  "function pay(address to, uint256 amount)",
  "function small(uint8 a, int64 b, uint96 c, bool d)",
  "function texts(string text, bytes data, bytes32[] hashes, uint32[][] numbers) payable",
  "function named(uint256 in, uint256)",
  "function balanceOf(address who) view returns (uint256)",
  "function pay(address to)",
  "function point(tuple(uint256 x, uint256 y) at)",
  "function four(bytes4 selector)",
  "function narrow(uint128[] amounts)",
])
const abi = JSON.parse(SOLIDITY.formatJson()) as unknown

describe("callers out of Solidity ABIs", () => {
  it("calls what Solidity has, by Solidity's encoding", async () => {
    const compiled = await compileText(
      `import { Bank } from "./Bank"
import { Address, Hash, u256, Value } from "@enigma-discovery/sdk-as/assembly"
@contract
export class Till {
  bank: Value<Address>
  @construct start(bank: Address): void { this.bank.set(bank) }
  @call all(to: Address, hash: Hash): void {
    const bank = new Bank(this.bank.get())
    bank.pay(to, u256.from(7))
    bank.small(255, -3, u256.max.shr(160), true)
    bank.texts("grüße", hash.toBytes(), [hash], [[1, 2], []])
    bank.named(u256.one, u256.zero)
  }
  @call wide(): void { new Bank(this.bank.get()).small(1, 1, u256.max.shr(159), true) }
}
`,
      { "Bank.ts": ethereumCaller("Bank", { abi }) },
    )
    const [bank, to, hash] = [account("bank"), account("to"), `0x${"ab".repeat(32)}`]
    const c = await simulate<{ all(to: string, hash: string): undefined; wide(): undefined }>(compiled, {
      args: [bank],
    })
    const { callbacks } = await c.run("all", to, hash)
    const wanted = [
      SOLIDITY.encodeFunctionData("pay(address,uint256)", [to, 7]),
      SOLIDITY.encodeFunctionData("small", [255, -3, 2n ** 96n - 1n, true]),
      SOLIDITY.encodeFunctionData("texts", ["grüße", hash, [hash], [[1, 2], []]]),
      SOLIDITY.encodeFunctionData("named", [1, 0]),
    ]
    assert.deepEqual(
      callbacks.map(({ data }) => data),
      wanted,
    )
    assert.ok(callbacks.every(({ target }) => target === bank))
    await assert.rejects(
      c.wide(),
      (error) => sdkErrors.is(error, "REVERTED") && error.data.message === "arithmetic overflow",
    )
  })

  it("says what it leaves out", () => {
    const source = ethereumCaller("Bank", abi)
    assert.match(source, /\/\/ pay\(address\): another function has this name/)
    assert.match(source, /\/\/ point\(tuple\): tuple has no form/)
    assert.match(source, /\/\/ four\(bytes4\): bytes4 has no form/)
    assert.match(source, /\/\/ narrow\(uint128\[\]\): uint128\[\] has no form/)
    assert.doesNotMatch(source, /balanceOf/)
    assert.match(source, /named\(in_: u256, a1: u256\)/)
  })

  it("refuses what is no ABI", () => {
    for (const [name, bad] of [
      ["Bank", null],
      ["Bank", { abi: "[]" }],
      ["Bank", []],
      ["Bank", [{ type: "function", name: "x(){}", inputs: [], stateMutability: "nonpayable" }]],
      ["Bank {}", abi],
    ] as const)
      assert.throws(
        () => ethereumCaller(name, bad),
        (error) => sdkErrors.is(error, "BAD_ABI"),
      )
  })
})
