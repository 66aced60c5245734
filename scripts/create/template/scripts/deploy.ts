// `npm run deploy`: puts poll and ballot on a network, and writes down for the page where they are.
import { readFile, writeFile } from "node:fs/promises"
import hre from "hardhat"

const { ethers, enigma } = await hre.network.create()
if (enigma.isMock) throw new Error("This network ends with this script: name one that lasts, with --network local.")

const poll = await ethers.deployContract("Poll", ["Shall we?", await enigma.predictAddress("Ballot")])
await poll.waitForDeployment()
const ballot = await enigma.deploy("Ballot", [await poll.getAddress()])

const network = JSON.parse(await readFile("enigma-network.json", "utf8"))
const { chainId } = await ethers.provider.getNetwork()
const deployment = {
  rpcUrl: network.rpcUrl,
  chainId: Number(chainId),
  enigma: network.enigma,
  poll: await poll.getAddress(),
  ballot: ballot.address,
}
await writeFile("page/deployment.json", `${JSON.stringify(deployment, null, 2)}\n`)
console.log(`Poll ${deployment.poll}, Ballot ${deployment.ballot}; written to page/deployment.json`)
