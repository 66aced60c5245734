/** What this version of the protocol has no messages for yet. Each throws an error that names it, and sends nothing. */
import { clientErrors } from "./errors.ts"

/** Free private reads of a contract's state, under a permit. @throws CLIENT_NOT_THERE_YET always */
export async function queryContract(): Promise<never> {
  throw clientErrors.make("NOT_THERE_YET", { what: "queryContract (private reads with a permit)" })
}

/** Inputs sealed for a contract to use in a later epoch. @throws CLIENT_NOT_THERE_YET always */
export async function sealForStorage(): Promise<never> {
  throw clientErrors.make("NOT_THERE_YET", { what: "sealForStorage (inputs for later use)" })
}

/** Settlement of expired records, which gives their locks back. @throws CLIENT_NOT_THERE_YET always */
export async function settleExpired(): Promise<never> {
  throw clientErrors.make("NOT_THERE_YET", { what: "settleExpired (refund of records nobody committed)" })
}
