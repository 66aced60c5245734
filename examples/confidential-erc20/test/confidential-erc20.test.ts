import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()
const CALLBACK = { callbackGas: 200_000n }

describe("ConfidentialErc20", () => {
  async function deposited() {
    const [alice, bob] = await ethers.getSigners()
    const token = await ethers.deployContract("ExampleToken", [1_000n])
    const [tokenAddress, enigmaAddress] = [await token.getAddress(), await enigma.enigmaAddress()]
    const secret = await enigma.deploy("ConfidentialErc20", [tokenAddress, enigmaAddress])
    await token.approve(enigmaAddress, 500n)
    await secret.deposit({ payment: { token: tokenAddress, amount: 500n } })
    // Both have a balance, so that a transfer changes entries that are there and makes none.
    await secret.transfer(bob.address, 100n)
    if (enigma.isMock) await enigma.advanceEpoch() // the payment is the contract's once its batch is committed
    return { token, secret, alice, bob, tokenAddress }
  }

  it("moves secret amounts between secret balances", async () => {
    const { secret, bob } = await networkHelpers.loadFixture(deposited)
    expect(await secret.transfer(bob.address, 50n)).to.equal(true)
    expect(await secret.transfer(bob.address, 1_000n)).to.equal(false)
    expect(await secret.query.balance()).to.equal(350n)
    expect(await secret.connect(bob).query.balance()).to.equal(150n)
  })

  it("tells the sender, and nobody else, what was transferred", async () => {
    const { secret, bob } = await networkHelpers.loadFixture(deposited)
    await expect(secret.transfer(bob.address, 7n)).to.emitSecretEvent(secret, "Transferred").withArgs(bob, 7, true)
  })

  it("lets a spender move what it was allowed", async () => {
    const { secret, alice, bob } = await networkHelpers.loadFixture(deposited)
    await secret.approve(bob.address, 30n)
    expect(await secret.connect(bob).transferFrom(alice.address, bob.address, 31n)).to.equal(false)
    expect(await secret.connect(bob).transferFrom(alice.address, bob.address, 30n)).to.equal(true)
    expect(await secret.query.allowanceOf(alice.address, bob.address)).to.equal(0n)
  })

  it("pays out on Ethereum, by a callback to Enigma", async () => {
    const { token, secret, bob } = await networkHelpers.loadFixture(deposited)
    await secret.connect(bob).withdraw(bob.address, 60n, CALLBACK)
    expect(await token.balanceOf(bob)).to.equal(60n)
    expect(await secret.connect(bob).query.balance()).to.equal(40n)
    await expect(secret.connect(bob).withdraw(bob.address, 41n, CALLBACK))
      .to.be.revertedWithSecretError(secret, "NotCovered")
      .withArgs(40n)
  })

  it("takes deposits of its token alone", async () => {
    const { secret } = await networkHelpers.loadFixture(deposited)
    await expect(secret.deposit({ value: 1n })).to.be.revertedWithSecretError(secret, "WrongToken")
  })

  it("shows nobody an amount, nor whether it was covered", async () => {
    const { secret, bob } = await networkHelpers.loadFixture(deposited)
    await expect((amount: bigint) => secret.transfer(bob.address, amount)).toLeakNothing(enigma, 1n, 1_000n)
  })
})
