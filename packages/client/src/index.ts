/** Client library of Enigma Discovery for browser and Node: functions over a small client object. */

export type { Eip1193Provider } from "@enigma-discovery/chain/follow"
export type * from "./abi.ts"
export { creditOf, deposit, type MoneyMoved, type MoneyParameters, withdrawCredit } from "./account.ts"
export { type CallParameters, callContract } from "./call-contract.ts"
export { type Client, type ClientOptions, createClient, type Timeouts } from "./client.ts"
export { contractAt, type SecretContract } from "./contract-at.ts"
export { type ContractKeyParameters, contractKey, type VerifiedKey, type VerifiedWorker } from "./contract-key.ts"
export { decodeEvent, decodeRevert, type NamedOutput } from "./contract-output.ts"
export {
  type Deployment,
  type DeployParameters,
  deployContract,
  predictAddress,
  prepareDeployment,
} from "./deploy-contract.ts"
export { clientErrors } from "./errors.ts"
export { type CallEstimate, estimateCall } from "./estimate-call.ts"
export { exportPrepared, exportTask, importPrepared, importTask } from "./export-task.ts"
export { findRecord, refreshRecord, waitForRecord } from "./find-record.ts"
export type { GatewayHealth, GatewayPool } from "./gateways.ts"
export { checkGateways, checkNetwork, type GatewayCheck, type Parameters, parametersOf } from "./network.ts"
export {
  callRelayed,
  cancelOrders,
  type OrderTerms,
  type RelayedCall,
  recordOrder,
  type SignedOrder,
  signOrder,
} from "./orders.ts"
export { type EndedTask, outcomeOf } from "./outcome.ts"
export { type PaymentAccount, paymentBalance, withdrawPayment } from "./payments.ts"
export { forgetKeys, type PermitParameters, type PermitScope, type ReadPermit, signPermit } from "./permits.ts"
export { type FunctionCall, type PrepareTaskParameters, type PriceParameters, prepareTask } from "./prepare-task.ts"
export {
  type QueryAnswer,
  type QueryOptions,
  type QueryParameters,
  queryContract,
  type ViewCall,
} from "./query-contract.ts"
export { type Payment, type RecordOptions, recordTask, recordTasks } from "./record-task.ts"
export { MAX_INPUT_BYTES, type OutputContext, openOutput, type SealedInput, sealInput, type TaskKey } from "./seal.ts"
export { type Settlement, type SettleParameters, settleExpired } from "./settle-expired.ts"
export {
  type PrepareStoredParameters,
  prepareStored,
  type StorageKeyParameters,
  type StoreParameters,
  sealForStorage,
  storageKey,
} from "./stored-inputs.ts"
export { submitCode, submitEnvelope } from "./submit-envelope.ts"
export type * from "./task.ts"
export { type ResultParameters, type TaskHandle, taskHandle, type WaitParameters } from "./task-handle.ts"
export { endOf, fetchReceipt, parseCommitted, type ReceiptEvidence, verifyReceipt } from "./task-receipt.ts"
export { fetchResult } from "./task-result.ts"
export type { TrustOptions } from "./trust.ts"
