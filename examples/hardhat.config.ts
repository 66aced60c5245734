import { existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import enigma from "@enigma-discovery/hardhat-plugin"
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const require = createRequire(import.meta.url)
/** One configuration for all examples; in a project of its own each would have these folders at its root. */
const here = (name: string) => path.join(import.meta.dirname, name)
const solidity = readdirSync(import.meta.dirname)
  .map((example) => here(`${example}/contracts`))
  .filter(existsSync)

export default defineConfig({
  plugins: [toolbox, enigma],
  paths: { sources: solidity, artifacts: here("artifacts"), cache: here("cache"), tests: { mocha: here(".") } },
  typechain: { outDir: here("types/ethers-contracts") },
  enigma: {
    sources: here("*/secret-contract"),
    artifacts: here("secret-artifacts"),
    types: here("types/secret-contracts.d.ts"),
  },
  solidity: {
    // The compiler comes from npm; without a path Hardhat would download one.
    version: require("solc/package.json").version as string,
    path: require.resolve("solc/soljson.js"),
    settings: { optimizer: { enabled: true, runs: 200 }, viaIR: true, evmVersion: "osaka" },
  },
})
