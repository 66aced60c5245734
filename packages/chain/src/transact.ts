/** Door `./transact`: sending transactions. */
export { chainErrors } from "./errors.ts"
export { FEE_DEFAULTS, type FeePolicy } from "./fees.ts"
export { type LedgerStore, MAX_TRANSACTION_GAS, memoryLedger } from "./ledger.ts"
export type { MinedTransaction } from "./receipts.ts"
export { createTransactor, type TransactionRequest, type Transactor, type TransactorOptions } from "./transactor.ts"
