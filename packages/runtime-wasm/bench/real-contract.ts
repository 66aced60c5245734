import { fileURLToPath } from "node:url"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { call, prepare } from "@enigma-discovery/runtime-wasm"
import { compileContract } from "@enigma-discovery/sdk-as"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { Interface, type InterfaceAbi } from "ethers"
import { hostImports } from "../src/internal/bare.ts"
import { RunState } from "../src/internal/run-state.ts"
import { race } from "./race.ts"

const CALLS = 500
const GAS = 1_000_000n

/** `addMillionaire` of the millionaires contract: state, host calls and ABI as in real use. */
export async function benchContract() {
  const entry = fileURLToPath(
    new URL("../../../examples/millionaires/secret-contract/millionaires.ts", import.meta.url),
  )
  const { wasm, abi } = await compileContract(entry)
  const who = `0x${"11".repeat(20)}`
  const calldata = fromHex(new Interface(abi as InterfaceAbi).encodeFunctionData("addMillionaire", [who, 5n]) as Hex)
  const module = prepare(wasm)
  const untouched = new WebAssembly.Module(wasm as BufferSource)
  const context = testContext({ calldata })
  const crypto = testCrypto()
  const state = new MemoryState()

  const metered = () => void call(module, context, state, crypto, GAS)
  /** The same host functions, whose charges go to a global that nothing else uses. */
  const plain = () => {
    const run = new RunState(context, state, crypto, GAS)
    const { exports } = new WebAssembly.Instance(untouched, { env: hostImports(module, run) })
    const gas = new WebAssembly.Global({ value: "i64", mutable: true }, 0n)
    run.attach({ exports: { __enigma_gas: gas, __enigma_memory: exports.memory! } } as unknown as WebAssembly.Instance)
    ;(exports.call as () => void)()
  }
  const instantiate = () =>
    void new WebAssembly.Instance(module.compiled, {
      env: hostImports(module, new RunState(context, state, crypto, GAS)),
    })
  const many = (run: () => void) => () => {
    for (let i = 0; i < CALLS; i++) run()
    state.log.length = 0
  }
  const [meteredMs, plainMs, instantiateMs] = race([many(metered), many(plain), many(instantiate)], 20)
  return {
    code: wasm,
    ratio: meteredMs! / plainMs!,
    callUs: (meteredMs! * 1e3) / CALLS,
    instantiateUs: (instantiateMs! * 1e3) / CALLS,
  }
}
