import { devnetErrors } from "../errors.ts"
import type { InProcessDevnet, InProcessOptions } from "./api.ts"

/** Starts the network on the caller's chain. @throws DEVNET_START_FAILED with the step's own error as cause */
export async function startInProcessDevnet(_options: InProcessOptions = {}): Promise<InProcessDevnet> {
  throw devnetErrors.make("NOT_BUILT_YET", { what: "the network inside one process" })
}
