import type { HookContext } from "hardhat/types/hooks"
import type { EthereumProvider } from "hardhat/types/providers"
import type { TaskListeners } from "../network/task-listeners.ts"
import { CostLog } from "./recorder.ts"

/** One log a Hardhat environment: what `--gas-stats` tells at its end. */
const logs = new WeakMap<object, CostLog[]>()

/** Notes the costs of one connection's tasks. Without `--gas-stats` nothing is noted, and nothing asked of the chain. */
export function noteCosts(context: HookContext, provider: EthereumProvider, tasks: TaskListeners): void {
  if (!context.globalOptions.gasStats) return
  const log = new CostLog(async (hash) => {
    const receipt = (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as {
      gasUsed: string
    }
    return Number(receipt.gasUsed)
  })
  const all = logs.get(context.config) ?? []
  logs.set(context.config, [...all, log])
  tasks.add((called) => log.add(called))
}

export const logsOf = (context: HookContext): readonly CostLog[] => logs.get(context.config) ?? []
