import type { EngineCall } from "../../src/core/engine.ts"
import { labCode } from "./lab-contract.ts"
import { addressOf } from "./names.ts"

const contract = addressOf("contract")

/** A call of the lab contract by Alice. */
export const engineCall = (calldata: Uint8Array, change: Partial<EngineCall> = {}): EngineCall => ({
  contract,
  codeHash: new Uint8Array(32).fill(1),
  code: labCode,
  context: {
    contract,
    sender: addressOf("alice"),
    taskId: new Uint8Array(32),
    blockNumber: 1n,
    timestamp: 2n,
    token: new Uint8Array(20),
    amount: 0n,
    calldata,
    kind: "call",
  },
  gasLimit: 2_000_000n,
  randomSeed: new Uint8Array(32).fill(7),
  ...change,
})
