/**
 * The local Ethereum chain: a Hardhat node in a process of its own, listening on loopback on a port that the system chose.
 * Argument: JSON of ChainProgramConfig. Says `{"url"}` in one line when it is up. Mines each transaction at once until
 * it is told to mine on an interval.
 */
import { fileURLToPath } from "node:url"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"

export interface ChainProgramConfig {
  readonly chainId: number
  readonly mnemonic: string
  readonly accounts: number
  /** 0: any free port. */
  readonly port: number
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0))

const { chainId, mnemonic, accounts, port } = JSON.parse(process.argv[2] ?? "") as ChainProgramConfig
const hre = await createHardhatRuntimeEnvironment(
  {
    networks: {
      chain: {
        type: "edr-simulated",
        chainType: "l1",
        chainId,
        hardfork: "osaka",
        accounts: { mnemonic, count: accounts },
        allowBlocksWithSameTimestamp: true, // several blocks a second, with the clock's time
        mining: { auto: true, interval: 0 },
      },
    },
  },
  {},
  fileURLToPath(new URL("../..", import.meta.url)),
)
// A name, not the default: inside a container the default would be every interface.
const server = await hre.network.createServer("chain", "127.0.0.1", port)
const { address, port: actualPort } = await server.listen()
process.stdout.write(`${JSON.stringify({ url: `http://${address}:${actualPort}` })}\n`)
