import { createTransactor, type Transactor } from "@enigma-discovery/chain/transact"
import type { NodeBase } from "../base.ts"
import { errorFields } from "../log.ts"
import type { Secret } from "../secret.ts"
import type { Stack } from "../stack.ts"

/** The one sender of a node's account; what an earlier run sent is looked after on. @throws CHAIN_* */
export async function startTransactor(up: Stack, base: NodeBase, key: Secret): Promise<Transactor> {
  const { config, deps, rpc, tables, metrics } = base
  const { ledger } = tables
  const transactor = createTransactor({
    rpc,
    chainId: config.network.chainId,
    secretKey: () => key.reveal(),
    store: { all: () => ledger.list(), put: ledger.put, delete: ledger.delete },
    depth: Math.max(1, config.network.depth),
    pollMs: config.chain.pollMs,
    sleep: deps.clock.sleep,
    onError: (error) => deps.log.warn("watching transactions failed", errorFields(error)),
  })
  metrics.describe("transactions_pending", "gauge", "Transactions in flight.", () => transactor.pending().length)
  return await up.start("transactor", async () => {
    await transactor.start()
    return transactor
  })
}
