import assert from "node:assert/strict"
import { expect } from "chai"
import { ZeroAddress } from "ethers"
import { record, signedBatch, termsOf, useNetwork } from "./support/network.ts"

const WORD = 32
/** Place of `extras` in the batch's head, in words. */
const EXTRAS = 17
const MEMBERS = ["payouts", "missing", "callbacks", "later"] as const

/** Calldata of a commit as bytes, and where its parts stand. */
async function withCallback() {
  const net = await useNetwork()
  await record(net, net.queue, net.alice, termsOf({ callbackGas: 100_000n }))
  const { signed } = await signedBatch(net, net.queue, net.workers, {
    payouts: [{ token: ZeroAddress, to: net.alice.address, amount: 0n }],
    callbacks: [{ target: net.bob.address, gasLimit: 100_000, data: "0x1234" }],
  })
  const calldata = Buffer.from(net.enigma.interface.encodeFunctionData("commitBatch", [signed]).slice(2), "hex")
  const read = (at: number) => Number(BigInt(`0x${calldata.subarray(at, at + WORD).toString("hex")}`))
  const batch = 4 + read(4)
  const extras = batch + read(batch + EXTRAS * WORD) + WORD
  const first = extras + read(extras)
  const listAt = (member: number) => first + read(first + member * WORD)
  const send = async (at: number, word: bigint) => {
    const changed = Buffer.from(calldata)
    changed.write(word.toString(16).padStart(2 * WORD, "0"), at, "hex")
    return net.alice.sendTransaction({ to: net.address, data: `0x${changed.toString("hex")}`, gasLimit: 2_000_000n })
  }
  return { ...net, calldata, read, first, listAt, send }
}

describe("extras that are not what they claim", () => {
  it("are refused when a list is not in calldata, whatever its length times its items wraps to", async () => {
    const net = await withCallback()
    for (const [member, name] of MEMBERS.entries()) {
      for (const length of [2n ** 32n, 2n ** 249n, 2n ** 251n, 2n ** 256n - 1n, BigInt(net.calldata.length)]) {
        await expect(net.send(net.listAt(member), length), `${name} ${length}`).to.be.revertedWithCustomError(
          net.deployed.implementation,
          "ExtrasMalformed",
        )
      }
      const beyond = BigInt(net.calldata.length)
      await expect(net.send(net.first + member * WORD, beyond), name).to.be.revertedWithCustomError(
        net.deployed.implementation,
        "ExtrasMalformed",
      )
    }
  })

  it("are refused when callbacks are not whole ones, without using up the gas", async () => {
    const net = await withCallback()
    const calls = net.listAt(2)
    const length = BigInt(net.read(calls))
    const head = BigInt(`0x${net.calldata.subarray(calls + WORD, calls + 2 * WORD).toString("hex")}`)
    for (const [at, word] of [
      [calls, length + 1n], // a byte more is the begin of another
      [calls, length - 1n],
      [calls, 31n],
      [calls + WORD, head + 1n],
      [calls + WORD, head | (2n ** 64n - 1n)],
      [calls + WORD, head - 2n], // whose data is then two bytes of another
    ] as const) {
      await expect(net.send(at, word)).to.be.revertedWithoutReason(net.ethers)
      const block = await net.ethers.provider.getBlock("latest")
      assert.ok(block!.gasUsed < 200_000n, `${block!.gasUsed}`)
    }
  })
})
