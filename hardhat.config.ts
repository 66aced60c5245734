import { createRequire } from "node:module"
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const require = createRequire(import.meta.url)
// The compiler comes from npm, in every profile: an unset path would fall back to a downloader.
const base = { version: require("solc/package.json").version as string, path: require.resolve("solc/soljson.js") }

export default defineConfig({
  plugins: [toolbox],
  paths: {
    sources: ["./contracts-sol/src", "./examples"],
    ignition: "./contracts-sol/ignition",
    tests: { solidity: "./contracts-sol/test", mocha: "./contracts-sol/test" },
  },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 64, depth: 32 } } },
  solidity: {
    profiles: {
      default: { ...base, settings: { optimizer: { enabled: true, runs: 200 }, viaIR: true, evmVersion: "osaka" } },
      production: {
        ...base,
        settings: { optimizer: { enabled: true, runs: 10_000 }, viaIR: true, evmVersion: "osaka" },
      },
      quick: { ...base, settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "osaka" } },
    },
  },
})
