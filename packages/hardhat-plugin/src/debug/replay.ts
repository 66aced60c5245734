/** Executes the task of a bundle again, with a trace of what it did. */
import { keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { hostCrypto } from "@enigma-discovery/enclave/engine"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { type CallOutcome, call, explainTrap, type HostCrypto, prepare } from "@enigma-discovery/runtime-wasm"
import { describeKey, describeValue, type StateEntry } from "@enigma-discovery/sdk-as"
import { Interface, type InterfaceAbi } from "ethers"
import type { SecretArtifact } from "../build/artifacts.ts"
import type { ReplayBundle } from "./bundle.ts"
import { type StateStep, TracedState } from "./traced-state.ts"

export interface Replay {
  /** One line a step, in order. */
  readonly trace: readonly string[]
  readonly outcome: CallOutcome
  /** True when the network told the same end; undefined where randomness, which is sealed, may have made another. */
  readonly same: boolean | undefined
}

type Program = Pick<SecretArtifact, "name" | "abi" | "state" | "wasm" | "sourceMap">

export function replay(bundle: ReplayBundle, program: Program): Replay {
  const trace: string[] = [callLine(bundle, program)]
  const told = { random: false }
  const tell = (step: StateStep) => void trace.push(stepLine(step, program.state))
  const state = new TracedState(
    bundle.state.map(([key, value]) => [key, fromHex(value)] as const),
    tell,
  )
  const taskId = fromHex(bundle.taskId, 32)
  const crypto: HostCrypto = {
    ...hostCrypto(nodeCrypto, keccak256(taskId)),
  }
  const random = crypto.random
  crypto.random = (count) => {
    told.random = true
    const bytes = random(count)
    trace.push(`random   ${toHex(bytes)}, not the network's: that seed never leaves the enclaves`)
    return bytes
  }
  const outcome = call(prepare(program.wasm), contextOf(bundle, taskId), state, crypto, BigInt(bundle.gasLimit))
  trace.push(...endLines(outcome, program))
  return { trace, outcome, same: told.random ? undefined : isSame(outcome, bundle) }
}

const contextOf = (bundle: ReplayBundle, taskId: Uint8Array) => ({
  contract: fromHex(bundle.address, 20),
  sender: fromHex(bundle.sender, 20),
  taskId,
  blockNumber: BigInt(bundle.blockNumber),
  timestamp: BigInt(bundle.timestampS),
  token: fromHex(bundle.token, 20),
  amount: BigInt(bundle.amount),
  calldata: fromHex(bundle.calldata),
  kind: bundle.index === 0 ? ("construct" as const) : ("call" as const),
})

function callLine({ contract, calldata, sender, blockNumber, index }: ReplayBundle, { abi }: Program): string {
  const parsed = index === 0 ? null : new Interface(abi as unknown as InterfaceAbi).parseTransaction({ data: calldata })
  const what =
    parsed === null ? `${contract} constructor ${calldata}` : `${contract}.${parsed.name}(${parsed.args.join(", ")})`
  return `call     ${what} by ${sender} in block ${blockNumber}`
}

function stepLine(step: StateStep, entries: readonly StateEntry[]): string {
  if (step.kind === "next") {
    const found = step.found === undefined ? "nothing more" : describeKey(entries, step.found)
    return `iterate  ${found}`
  }
  const name = describeKey(entries, step.key)
  const shown = (value: Hex | undefined) => (value === undefined ? "nothing" : describeValue(entries, step.key, value))
  if (step.kind === "read") return `read     ${name} = ${shown(step.value)}`
  if (step.kind === "remove") return `remove   ${name}`
  return `write    ${name} = ${shown(step.value)}${step.isPublic ? ", public" : ""}`
}

function endLines(outcome: CallOutcome, { name, sourceMap }: Program): readonly string[] {
  const gas = `${outcome.gasUsed} units of gas`
  switch (outcome.kind) {
    case "success":
      return [
        ...outcome.events.map((event) => `event    ${toHex(event)}`),
        ...outcome.callbacks.map(({ target, data }) => `callback ${toHex(target)}: ${toHex(data)}`),
        `return   ${toHex(outcome.returnData)}, ${gas}`,
      ]
    case "reverted":
      return [`revert   ${outcome.message}, ${gas}`]
    case "out-of-gas":
      return [`out of gas after ${gas}`]
    case "trap":
      return [`trap     ${explainTrap(outcome, { contract: name, sourceMap }).text}, ${gas}`]
  }
}

const isSame = (outcome: CallOutcome, { ended }: ReplayBundle): boolean =>
  ended.gasUsed === String(outcome.gasUsed) &&
  (ended.status === "Success" || ended.status === "CallbackFailed") === (outcome.kind === "success")
