import { createRequire } from "node:module"
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const require = createRequire(import.meta.url)
// The compiler comes from npm, in every profile: an unset path would fall back to a downloader.
const base = { version: require("solc/package.json").version as string, path: require.resolve("solc/soljson.js") }

const settings = (runs: number, viaIR: boolean) => ({ optimizer: { enabled: true, runs }, viaIR, evmVersion: "osaka" })
// Tests run what is shipped. Every task pays for Enigma.sol, nearly none for the rest: the one is compiled for gas, the
// other for size (24,576 bytes at most).
const shipped = {
  compilers: [{ ...base, settings: settings(200, true) }],
  overrides: { "contracts-sol/src/Enigma.sol": { ...base, settings: settings(1_000_000, true) } },
}
const quick = { ...base, settings: settings(200, false) }

export default defineConfig({
  plugins: [toolbox],
  // Contracts that measure their own coverage fill real blocks, and full blocks raise the base fee under a deployment.
  networks: { default: { type: "edr-simulated", blockGasLimit: 500_000_000n } },
  paths: {
    sources: ["./contracts-sol/src", "./examples"],
    ignition: "./contracts-sol/ignition",
    tests: { solidity: "./contracts-sol/test", mocha: "./contracts-sol/test" },
  },
  test: {
    solidity: {
      fuzz: { runs: 256 },
      invariant: { runs: 64, depth: 32 },
      fsPermissions: { readDirectory: ["./packages/testing/vectors"] },
    },
  },
  solidity: { profiles: { default: shipped, production: shipped, quick } },
})
