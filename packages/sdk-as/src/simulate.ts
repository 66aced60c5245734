/**
 * Runs a secret contract in this process, without chain, network or wallet: the code, state, gas and randomness are those
 * of a worker's enclave; sender, payment and block are given; events and calls of Ethereum are captured.
 *
 *     const c = await simulate<{ add(a: bigint, b: bigint): bigint }>("secret-contract/calculator.ts")
 *     assert.equal(await c.add(2n, 3n), 5n)
 */
import { resolve } from "node:path"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { getAddress } from "ethers"
import { compileContract } from "./compile.ts"
import { addressBytes, Handle } from "./simulate/handle.ts"
import { loadCode } from "./simulate/load-code.ts"
import { Simulator } from "./simulate/simulator.ts"
import type { AnyMethods, Simulated, SimulatedCode, SimulateOptions } from "./simulate/types.ts"

export type { SimulatedState } from "./simulate/simulated-state.ts"
export type * from "./simulate/types.ts"

/** 2027-01-15, far from any limit. */
const DEFAULT_TIMESTAMP_S = 1_800_000_000n

const compiledByPath = new Map<string, Promise<SimulatedCode>>()

/** An address by a name, the same each time: `account("alice")`. Nobody has its key. */
export const account = (name: string): string =>
  getAddress(toHex(keccak256(utf8Bytes(`enigma/simulate/${name}`)).slice(12)))

/**
 * Deploys a contract into a simulation of its own and runs its constructor. Each call is a task: it resolves to what the
 * method returns, or rejects with SDK_AS_REVERTED, REVERTED_WITH (a custom error: name and arguments are the error's
 * `cause`), OUT_OF_GAS, TRAPPED or CALLBACK_FAILED, and then has changed nothing.
 *
 * @typeParam M the contract's methods as plain signatures, or `MethodsOf<typeof abi>` of a literal ABI
 * @param source path of the contract's source, compiled once in a process, or what `compileContract` answered; or of a module
 *   that another compiler made, `shop.wasm`, with its ABI beside it in `shop.json` and, for traps, `shop.wasm.map`
 * @throws what `compileContract` throws; SDK_AS_BAD_ABI, SDK_AS_BAD_ADDRESS, SDK_AS_BAD_ARGUMENTS
 */
export async function simulate<M = AnyMethods>(
  source: string | SimulatedCode,
  options: SimulateOptions = {},
): Promise<Simulated<M>> {
  const compiled = typeof source === "string" ? await compiledOnce(source) : source
  const simulator = new Simulator(compiled, {
    address: addressBytes(options.address ?? account("contract")),
    block: { number: options.blockNumber ?? 1n, timestampS: options.timestampS ?? DEFAULT_TIMESTAMP_S },
    seed: options.seed ?? "simulate",
    onCallback: options.onCallback ?? (() => undefined),
  })
  const { value, ...terms } = options
  const sender = addressBytes(options.sender ?? account("deployer"))
  await new Handle<M>(simulator, sender, options).construct(options.args ?? [])
  return new Handle<M>(simulator, sender, terms).simulated()
}

function compiledOnce(source: string): Promise<SimulatedCode> {
  const path = resolve(source)
  const known = compiledByPath.get(path) ?? (path.endsWith(".wasm") ? loadCode(path) : compileContract(path))
  compiledByPath.set(path, known)
  return known
}
