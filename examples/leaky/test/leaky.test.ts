import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()
const CALLBACK = { callbackGas: 200_000n }

/** How not to write a secret contract: each function tells its secret in another way, and is caught. */
describe("Leaky", () => {
  async function deployed() {
    const beacon = await ethers.deployContract("Beacon", [await enigma.predictAddress("Leaky")])
    return { leaky: await enigma.deploy("Leaky", [await beacon.getAddress()]) }
  }

  /** What the leak meter says of a function with a small and a large secret. */
  async function told(
    fn: "byGas" | "byOutput" | "byState" | "byNotWriting" | "byFailing" | "byCallback" | "byPublicState",
  ) {
    const { leaky } = await networkHelpers.loadFixture(deployed)
    const call = (secret: number) => leaky.getFunction(fn)(secret, CALLBACK)
    const error = await expect(call)
      .toLeakNothing(enigma, 100, 20_000)
      .then(
        () => undefined,
        (caught: Error) => caught,
      )
    expect(error, `${fn} was not caught`).to.be.instanceOf(Error)
    return error?.message ?? ""
  }

  it("is caught leaking by gas", async () => {
    expect(await told("byGas")).to.match(/gas class: \d+ with the first secret, \d+ with the second/)
  })
  it("is caught leaking by the size of a result", async () => {
    expect(await told("byOutput")).to.match(/sealed output, bytes: \d+ .* \d+ /)
  })
  it("is caught leaking by the size of what it writes", async () => {
    expect(await told("byState")).to.match(/delta, bytes: \d+ .* \d+ /)
  })
  it("is caught leaking by writing only sometimes", async () => {
    expect(await told("byNotWriting")).to.match(/delta, bytes: \d+ .* \d+ /)
  })
  it("is caught leaking by failing", async () => {
    expect(await told("byFailing")).to.match(/status: Success with the first secret, Failed with the second/)
  })
  it("is caught leaking by a callback", async () => {
    expect(await told("byCallback")).to.match(/callbacks: none with the first secret, 0x[0-9a-f]{40} with/)
  })
  it("is caught leaking into public state", async () => {
    expect(await told("byPublicState")).to.match(
      /public state entries: 0x\w+=0x\w+ with the first secret, 0x\w+=0x\w+ with the second/,
    )
  })

  it("keeps its secret where it is written with care", async () => {
    const { leaky } = await networkHelpers.loadFixture(deployed)
    await leaky.quiet(1)
    await expect((secret: number) => leaky.quiet(secret)).toLeakNothing(enigma, 100, 20_000)
  })
})
