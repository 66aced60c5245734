import assert from "node:assert/strict"
import { expect } from "chai"
import { Signature, type Signer, ZeroHash } from "ethers"
import { ENG, type RunningNetwork, record, useNetwork } from "./support/network.ts"

async function permit(net: RunningNetwork, owner: Signer, value: bigint, deadline: bigint) {
  const { token, enigma, chainId } = net
  const domain = { name: "Enigma", version: "1", chainId, verifyingContract: await token.getAddress() }
  const types = {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  }
  const nonce = await token.nonces(owner)
  const message = { owner: await owner.getAddress(), spender: await enigma.getAddress(), value, nonce, deadline }
  return Signature.from(await owner.signTypedData(domain, types, message))
}

const DEADLINE = 2n ** 40n

describe("token", () => {
  it("is 150,000,000 ENG of 8 decimals, all with the holder", async () => {
    const { token } = await useNetwork()
    assert.equal(await token.totalSupply(), 150_000_000n * ENG)
    assert.equal(await token.decimals(), 8n)
    assert.equal(await token.symbol(), "ENG")
  })
})

describe("credit", () => {
  it("comes from approved ENG, for oneself or another", async () => {
    const { enigma, token, alice, bob } = await useNetwork()
    await (await token.transfer(alice, 5n * ENG)).wait()
    await (await token.connect(alice).approve(enigma, 5n * ENG)).wait()
    const before = await enigma.creditOf(bob)
    await expect(enigma.connect(alice).deposit(bob, 5n * ENG))
      .to.emit(enigma, "CreditDeposited")
      .withArgs(bob.address, alice.address, 5n * ENG)
    assert.equal(await enigma.creditOf(bob), before + 5n * ENG)
    assert.equal(await token.balanceOf(alice), 0n)
  })

  it("comes with a permit, also when somebody used the permit first", async () => {
    const net = await useNetwork()
    const { enigma, token, alice, bob } = net
    await (await token.transfer(alice, 4n * ENG)).wait()
    const before = await enigma.creditOf(alice)
    const one = await permit(net, alice, 2n * ENG, DEADLINE)
    await (await enigma.connect(alice).depositWithPermit(2n * ENG, DEADLINE, one.v, one.r, one.s)).wait()
    const two = await permit(net, alice, 2n * ENG, DEADLINE)
    await (await token.connect(bob).permit(alice, enigma, 2n * ENG, DEADLINE, two.v, two.r, two.s)).wait()
    await (await enigma.connect(alice).depositWithPermit(2n * ENG, DEADLINE, two.v, two.r, two.s)).wait()
    assert.equal(await enigma.creditOf(alice), before + 4n * ENG)
  })

  it("does not come without an allowance", async () => {
    const net = await useNetwork()
    const { enigma, token, alice } = net
    await expect(enigma.connect(alice).deposit(alice, 1)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientAllowance",
    )
    await expect(
      enigma.connect(alice).depositWithPermit(1, DEADLINE, 27, ZeroHash, ZeroHash),
    ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
  })

  it("is withdrawn at any time, as far as it is not locked", async () => {
    const net = await useNetwork()
    const { enigma, token, alice, bob, queue } = net
    const { task } = await record(net, queue, alice)
    const free = await enigma.creditOf(alice)
    await expect(enigma.connect(alice).withdraw(bob, free + 1n))
      .to.be.revertedWithCustomError(enigma, "CreditTooLow")
      .withArgs(alice.address, free, free + 1n)
    await expect(enigma.connect(alice).withdraw(bob, free))
      .to.emit(enigma, "CreditWithdrawn")
      .withArgs(alice.address, bob.address, free)
    assert.equal(await token.balanceOf(bob), free)
    assert.equal(await enigma.creditOf(alice), 0n)
    assert.ok(task.lockedGrains > 0n)
  })

  it("moves in amounts above zero that 64 bits hold", async () => {
    const { enigma, alice } = await useNetwork()
    for (const amount of [0n, 2n ** 64n]) {
      await expect(enigma.deposit(alice, amount))
        .to.be.revertedWithCustomError(enigma, "AmountOutOfRange")
        .withArgs(amount)
      await expect(enigma.fundTreasury(amount))
        .to.be.revertedWithCustomError(enigma, "AmountOutOfRange")
        .withArgs(amount)
    }
    await expect(enigma.withdraw(alice, 0)).to.be.revertedWithCustomError(enigma, "AmountOutOfRange").withArgs(0)
  })

  it("keeps its word from returning to zero, so that later writes stay cheap", async () => {
    const { enigma, alice, address, ethers } = await useNetwork()
    await (await enigma.connect(alice).withdraw(alice, await enigma.creditOf(alice))).wait()
    const { chainWord } = await import("./support/storage.ts")
    assert.equal(await chainWord(ethers, address, 5n, alice.address), 1n << 192n)
  })

  it("of the treasury is given by anyone", async () => {
    const { enigma, token, treasurer } = await useNetwork()
    await (await token.approve(enigma, 3n)).wait()
    await expect(enigma.fundTreasury(3n)).to.emit(enigma, "TreasuryFunded").withArgs(treasurer.address, 3n)
    assert.equal(await enigma.treasury(), 3n)
  })
})
