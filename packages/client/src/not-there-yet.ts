/** What this version of the client does not do yet. It throws an error that names it, and sends nothing. */
import { clientErrors } from "./errors.ts"

/** Settlement of expired records, which gives their locks back. @throws CLIENT_NOT_THERE_YET always */
export async function settleExpired(): Promise<never> {
  throw clientErrors.make("NOT_THERE_YET", { what: "settleExpired (refund of records nobody committed)" })
}
