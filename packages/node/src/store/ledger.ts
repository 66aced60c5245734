import type { LedgerStore } from "@enigma-discovery/chain/transact"
import type { Tables } from "./tables.ts"

/** The transaction manager's ledger in this node's store. */
export const ledgerStore = ({ ledger }: Tables): LedgerStore => ({
  all: () => ledger.list(),
  put: (nonce, entry) => ledger.put(nonce, entry),
  delete: (nonce) => ledger.delete(nonce),
})
