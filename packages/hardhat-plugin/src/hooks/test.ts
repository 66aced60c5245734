import type { HookContext, TestHooks } from "hardhat/types/hooks"
import { logsOf } from "../costs/of-context.ts"
import { clearCosts, loadCosts, saveCosts } from "../costs/store.ts"
import { costTable } from "../costs/table.ts"

const wanted = ({ globalOptions }: HookContext): boolean => globalOptions.gasStats === true

/** The cost table follows Hardhat's own. */
export default async (): Promise<Partial<TestHooks>> => ({
  async onTestRunStart(context, id, next) {
    await next(context, id)
    if (wanted(context)) await clearCosts(context.config.paths.cache, id)
  },
  async onTestWorkerDone(context, id, next) {
    await next(context, id)
    if (!wanted(context)) return
    const costs = await Promise.all(logsOf(context).map((log) => log.take()))
    await saveCosts(context.config.paths.cache, id, costs.flat())
  },
  async onTestRunDone(context, id, next) {
    await next(context, id)
    if (!wanted(context)) return
    const costs = await loadCosts(context.config.paths.cache, id)
    if (costs.length > 0) console.log(`\n${costTable(costs)}\n`)
  },
})
