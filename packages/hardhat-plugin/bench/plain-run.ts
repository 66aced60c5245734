// Hardhat by itself, as a project without secret contracts has it: prints its time as one line of JSON.
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"

const hre = await createHardhatRuntimeEnvironment({ plugins: [toolbox], solidity: "0.8.37" })
const startedAt = performance.now()
const connection = await hre.network.create()
await connection.ethers.getSigners()
const plainCreateMs = performance.now() - startedAt
await connection.close()
console.log(JSON.stringify({ plainCreateMs }))
