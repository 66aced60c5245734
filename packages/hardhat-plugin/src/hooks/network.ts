import type { EdrNetworkConfig } from "hardhat/types/config"
import type { NetworkHooks } from "hardhat/types/hooks"
import type { NetworkConnection } from "hardhat/types/network"
import { noteCosts } from "../costs/of-context.ts"
import { pluginErrors } from "../errors.ts"
import { ChainReads } from "../network/chain-reads.ts"
import { createEnigma } from "../network/enigma.ts"
import { fixtureLoader } from "../network/fixtures.ts"
import { InProcessNetwork } from "../network/in-process.ts"
import { LiveNetwork } from "../network/live.ts"
import type { EnigmaNetwork } from "../network/network.ts"
import { onChainRequest } from "../network/snapshots.ts"
import { TaskListeners } from "../network/task-listeners.ts"

const minesByItself = ({ mining }: EdrNetworkConfig): boolean =>
  typeof mining.interval !== "number" || mining.interval !== 0

export default async (): Promise<Partial<NetworkHooks>> => {
  const networks = new WeakMap<NetworkConnection<string>, EnigmaNetwork>()

  return {
    async newConnection(context, next) {
      const connection = await next(context)
      const { addMatchers } = await import("../matchers/index.ts")
      addMatchers()
      const { provider, networkConfig, networkName } = connection
      const { enigma } = context.config
      const network =
        networkConfig.type === "http"
          ? new LiveNetwork(provider, networkConfig.enigma, networkName)
          : new InProcessNetwork(provider, enigma.network, networkName, new ChainReads(!minesByItself(networkConfig)))
      networks.set(connection, network)
      const tasks = new TaskListeners()
      noteCosts(context, provider, tasks)
      connection.enigma = createEnigma({
        network,
        tasks,
        artifacts: enigma.artifacts,
        loadFixture: fixtureLoader(provider, network.isMock),
        defaultSigner: async () => (await connection.ethers.getSigners())[0]!,
      })
      return connection
    },

    async onRequest(context, connection, request, next) {
      const network = networks.get(connection)
      const pass = () => next(context, connection, request)
      if (network instanceof InProcessNetwork) return await onChainRequest(network, request, pass)
      // The nodes of a network of its own would see a re-org deeper than any depth.
      if (
        request.method === "evm_revert" &&
        connection.networkConfig.type === "http" &&
        connection.networkConfig.enigma
      )
        throw pluginErrors.make("MOCK_ONLY", { what: "evm_revert", network: connection.networkName })
      return await pass()
    },

    async closeConnection(context, connection, next) {
      await networks.get(connection)?.stop()
      networks.delete(connection)
      await next(context, connection)
    },
  }
}
