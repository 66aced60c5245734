import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { Hex } from "@enigma-discovery/protocol"
import { AssertionError, expect, use } from "chai"
import { AbiCoder, encodeBytes32String } from "ethers"
import { pluginErrors } from "../src/errors.ts"
import { addMatchers } from "../src/matchers/index.ts"
import { ADDRESS, coder, ended, event, offlineContract, reverted } from "./support/offline-contract.ts"

// As Hardhat's own matchers are, when a project has them.
use(({ Assertion }) =>
  Assertion.addMethod("withArgs", () => {
    throw new Error("Hardhat's own withArgs")
  }),
)
addMatchers()
addMatchers()

const contract = offlineContract()
const fails = (assertion: PromiseLike<void>, message: RegExp) =>
  assert.rejects(
    async () => await assertion,
    (error) => {
      assert.ok(error instanceof AssertionError, String(error))
      assert.match(error.message, message)
      assert.match(error.stack ?? "", /matchers\.test\.ts/, "the stack shows the test's own line")
      return true
    },
  )
const refuses = (run: () => unknown) =>
  assert.rejects(
    async () => await run(),
    (error) => pluginErrors.is(error, "BAD_CALL"),
  )

describe("revertedWithSecretError", () => {
  const tooLow = reverted(coder.encodeErrorResult("TooLow", [5n]))

  it("knows a message", async () => {
    await expect(reverted("too late")).to.be.revertedWithSecretError("too late")
    await expect(reverted("too late")).to.be.revertedWithSecretError(/LATE/i)
    await expect(() => reverted("too late")).to.be.revertedWithSecretError("too late")
    await expect(reverted("too late")).not.to.be.revertedWithSecretError("too")
    await fails(expect(reverted("too late")).to.be.revertedWithSecretError("too"), /but it reverted with "too late"/)
    await fails(expect(reverted("too late")).not.to.be.revertedWithSecretError("too late"), /but it did/)
  })

  it("knows a custom error and its arguments", async () => {
    await expect(tooLow).to.be.revertedWithSecretError(contract, "TooLow")
    await expect(tooLow).to.be.revertedWithSecretError(contract, "TooLow").withArgs(5n)
    await expect(tooLow)
      .to.be.revertedWithSecretError(contract, "TooLow")
      .withArgs((least: bigint) => least > 4n)
    await expect(tooLow).not.to.be.revertedWithSecretError(contract, "Over")
    await fails(
      expect(tooLow).to.be.revertedWithSecretError(contract, "Over"),
      /Over, but it reverted with TooLow\(5n\)/,
    )
    await fails(
      expect(tooLow).to.be.revertedWithSecretError(contract, "TooLow").withArgs(6n),
      /TooLow\(6n\), but it reverted with TooLow\(5n\)/,
    )
    await fails(expect(reverted("0x1234")).to.be.revertedWithSecretError(contract, "Over"), /"0x1234"/)
  })

  it("tells other endings apart", async () => {
    await fails(expect(ended({ value: 1n })).to.be.revertedWithSecretError("x"), /the call succeeded/)
    await fails(
      expect(Promise.reject(new Error("no gateway"))).to.be.revertedWithSecretError("x"),
      /otherwise: no gateway/,
    )
  })

  it("refuses what it can't mean", async () => {
    await refuses(() => expect(tooLow).to.be.revertedWithSecretError(contract, "NoSuchError"))
    await refuses(() => expect(tooLow).to.be.revertedWithSecretError({ address: ADDRESS, contractName: "x" }, "TooLow"))
    await refuses(() => expect(tooLow).not.to.be.revertedWithSecretError(contract, "TooLow").withArgs(5n))
  })
})

describe("emitSecretEvent", () => {
  const bid = ended({ events: [event("BidPlaced", ADDRESS, 7n), event("Closed")] })

  it("knows events and their arguments, in any order", async () => {
    await expect(bid).to.emitSecretEvent(contract, "Closed")
    await expect(bid).to.emitSecretEvent(contract, "BidPlaced").withArgs(contract, 7)
    await expect(bid).to.emitSecretEvent(contract, "BidPlaced").withArgs(ADDRESS.toUpperCase().replace("0X", "0x"), 7n)
    await expect(ended({})).not.to.emitSecretEvent(contract, "Closed")
    await fails(expect(ended({})).to.emitSecretEvent(contract, "Closed"), /emitted nothing/)
    await fails(expect(bid).not.to.emitSecretEvent(contract, "Closed"), /Expected no event Closed/)
    await fails(
      expect(bid).to.emitSecretEvent(contract, "BidPlaced").withArgs(ADDRESS, 8n),
      /emitted BidPlaced\(".*", 7n\), Closed\(\)/,
    )
    await fails(expect(bid).to.emitSecretEvent(contract, "BidPlaced").withArgs(ADDRESS), /BidPlaced\(/)
  })

  it("shows bytes that are no event of the contract as unknown", async () => {
    const odd = ended({ events: [new Uint8Array(5), new Uint8Array(32)] })
    await fails(expect(odd).to.emitSecretEvent(contract, "Closed"), /an unknown event, an unknown event/)
  })

  it("passes on the error of a call that failed, also when asked for the absence of an event", async () => {
    const failed = async () => await expect(reverted("no")).not.to.emitSecretEvent(contract, "Closed")
    await assert.rejects(failed, /The secret contract reverted.* no$/)
  })

  it("refuses a name the ABI lacks, and a value that was awaited", async () => {
    await refuses(() => expect(bid).to.emitSecretEvent(contract, "Opened"))
    await refuses(() => expect(5n).to.emitSecretEvent(contract, "Closed"))
  })

  it("leaves the withArgs of others alone", () => {
    const other = expect(1).to.be.a("number") as unknown as { withArgs(): void }
    assert.throws(() => other.withArgs(), /Hardhat's own withArgs/)
  })
})

describe("changeSecretState", () => {
  const word = (type: string, value: unknown) => AbiCoder.defaultAbiCoder().encode([type], [value]) as Hex
  const raw = new Map<Hex, Hex>()
  const total = "0x746f74616c" // "total"
  const devnet = { debugState: async () => new Map(raw) }
  const counter = offlineContract(
    [
      { name: "total", kind: "value", keys: [], value: "uint256", isPublic: false },
      { name: "label", kind: "value", keys: [], value: "bytes32", isPublic: false },
    ],
    { startedDevnet: async () => devnet as never },
  )
  const set = (value: bigint) => async () => void raw.set(total, word("uint256", value))

  it("sees what changed, and to what", async () => {
    await expect(set(1n)).to.changeSecretState(counter)
    await expect(set(2n)).to.changeSecretState(counter, "total")
    await expect(set(3n)).to.changeSecretState(counter, { total: 3 })
    await expect(set(3n)).not.to.changeSecretState(counter)
    await expect(set(4n)).not.to.changeSecretState(counter, "label")
    await fails(expect(set(4n)).to.changeSecretState(counter), /changed nothing/)
    await fails(
      expect(set(5n)).to.changeSecretState(counter, { total: 6n }),
      /total to 6n, but it changed total from 4n to 5n/,
    )
    await fails(expect(set(6n)).not.to.changeSecretState(counter, "total"), /not to change total/)
    const label = async () => void raw.set("0x6c6162656c", word("bytes32", encodeBytes32String("a")))
    await expect(label).to.changeSecretState(counter, { label: encodeBytes32String("a") })
  })

  it("refuses a call that has already begun, and variables that are not there", async () => {
    await refuses(() => expect(ended({})).to.changeSecretState(counter))
    await refuses(() => expect(set(7n)).to.changeSecretState(counter, "totl"))
  })
})
