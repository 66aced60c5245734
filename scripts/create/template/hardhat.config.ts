import { createRequire } from "node:module"
import enigma from "@enigma-discovery/hardhat-plugin"
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const require = createRequire(import.meta.url)
/** Known to everyone: for networks on your own machine alone. The first two accounts run the network. */
const mnemonic = "test test test test test test test test test test test junk"

export default defineConfig({
  plugins: [toolbox, enigma],
  // The compiler comes from npm; without `path` Hardhat would download one.
  solidity: { version: "0.8.37", path: require.resolve("solc/soljson.js") },
  test: { mocha: { timeout: 60_000 } },
  networks: {
    // `npm run network` starts it and writes the file.
    local: {
      type: "http",
      url: "http://127.0.0.1:8545",
      accounts: { mnemonic, initialIndex: 2, count: 6 },
      enigma: { deployment: "./enigma-network.json" },
    },
  },
})
