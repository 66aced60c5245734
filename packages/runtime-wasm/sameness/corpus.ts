import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { fromHex, type Hex, utf8Bytes } from "@enigma-discovery/protocol"
import { compileContract } from "@enigma-discovery/sdk-as"
import { Interface, type InterfaceAbi } from "ethers"
import { compileKernel, KERNELS } from "../bench/compile-kernels.ts"
import { randomModule } from "../test/support/random-module.ts"
import { wat } from "../test/support/wat.ts"
import type { Entry } from "./entry.ts"

const NOTHING: Uint8Array = new Uint8Array(0)
const PLENTY = 10_000_000_000n
const at = (gasLimit: bigint, calldata = NOTHING, kind: Entry["calls"][number]["kind"] = "call") => ({
  kind,
  calldata,
  gasLimit,
})
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Whole runs, cold and then hot, and one that ends on the way. */
const kernels = (): Promise<Entry[]> =>
  Promise.all(
    KERNELS.map(async (name) => ({
      name: `kernel ${name}`,
      code: await compileKernel(name),
      calls: [at(PLENTY), at(PLENTY), at(1_000_000n), at(PLENTY)],
    })),
  )

const generated = (count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `generated module ${i + 1}`,
    code: randomModule(i + 1),
    calls: [at(1_000_000n), at(200_000n), at(62_000n), at(60_500n)],
  }))

async function millionaires(): Promise<Entry> {
  const { wasm, abi } = await compileContract(path("../../../examples/millionaires/secret-contract/millionaires.ts"))
  const form = new Interface(abi as InterfaceAbi)
  const address = (n: number): string => `0x${String(n).padStart(40, "0")}`
  const data = (name: string, ...args: unknown[]) => fromHex(form.encodeFunctionData(name, args) as Hex)
  const gas = 10_000_000n
  return {
    name: "example millionaires",
    code: wasm,
    calls: [
      at(gas, fromHex(form.encodeDeploy([address(9)]) as Hex), "construct"),
      at(gas, data("addMillionaire", address(1), 5n)),
      at(gas, data("addMillionaire", address(2), 2n ** 200n)),
      at(gas, data("computeRichest")),
      at(gas, data("computeRichest"), "query"),
      at(gas, data("announceRichest")),
      at(gas, utf8Bytes("none")),
      at(gas, data("addMillionaire", address(1), 5n).slice(0, 40)),
      at(35_000n, data("computeRichest")),
    ],
  }
}

const program = (name: string): Entry => ({
  name: `WASI program ${name}`,
  code: new Uint8Array(readFileSync(path(`../test/fixtures/wasi/${name}.wasm`))), // JSON knows Buffers otherwise
  calls: [at(50_000_000n, utf8Bytes("to be\nor not")), at(50_000_000n, NOTHING, "construct"), at(700_000n)],
})

/** Frames of every weight down to the limit, from cold and from hot code, and every kind of trap behind both. */
function deep(): Entry[] {
  const recursion = (params: number, locals: number) =>
    `(module (memory 1)
      (func $down (param ${"i64 ".repeat(params)}) (local ${"i64 ".repeat(locals)})
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (if (i32.lt_u (i32.load (i32.const 0)) (i32.load (i32.const 4)))
          (then (call $down ${"(i64.const 1) ".repeat(params)}))))
      (func $times (param i32) (i32.store (i32.const 4) (local.get 0)) (i32.store (i32.const 0) (i32.const 0))
        (call $down ${"(i64.const 1) ".repeat(params)}))
      (func (export "construct") (local i32)
        (loop $l (call $times (i32.const 30)) (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 20000))))
        (call $times (i32.const -1)))
      (func (export "call") (call $times (i32.const -1))))`
  return [
    [0, 0],
    [1, 1],
    [8, 0],
    [0, 60],
    [60, 900],
  ].map(([params, locals]) => ({
    name: `recursion with ${params} parameters and ${locals} locals`,
    code: wat(recursion(params!, locals!)),
    calls: [at(1_000_000_000n), at(1_000_000_000n, NOTHING, "construct"), at(1_000_000_000n), at(100_000n)],
  }))
}

/**
 * Traps at the end of loops so hot that V8 has put callee into caller, also through the table: the trap's place and the
 * calls that led to it must still be those of the code.
 */
const hot = (): Entry[] =>
  [
    "(call $divide (local.get 0) (local.get 1))",
    "(call_indirect (type $two) (local.get 0) (local.get 1) (i32.and (local.get 0) (i32.const 1)))",
    "(call $divide (call $divide (local.get 0) (i32.const 1)) (local.get 1))",
  ].map((way, i) => ({
    name: `a trap in a hot loop, ${i + 1}`,
    code: wat(`(module (type $two (func (param i32 i32) (result i32))) (memory 1) (table 2 funcref)
      (elem (i32.const 0) $divide $modulo)
      (func $divide (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
      (func $modulo (param i32 i32) (result i32) (i32.rem_u (local.get 0) (local.get 1)))
      (func $middle (param i32 i32) (result i32) (i32.add (i32.const 1) ${way}))
      (func $outer (param i32 i32) (result i32) (i32.xor (i32.const 5) (call $middle (local.get 0) (local.get 1))))
      (func $loop (local i32 i32)
        (loop $l
          (local.set 1 (i32.xor (local.get 1) (call $outer (local.get 0) (i32.sub (i32.const 3000000) (local.get 0)))))
          (local.set 0 (i32.add (local.get 0) (i32.const 1)))
          (br $l)))
      (func (export "construct"))
      (func (export "call") (call $loop)))`),
    calls: [at(PLENTY), at(PLENTY), at(PLENTY)],
  }))

/** All that must come out alike on every machine. */
export async function makeCorpus(): Promise<readonly Entry[]> {
  return [
    ...(await kernels()),
    await millionaires(),
    program("words"),
    program("visits"),
    program("tally"),
    program("conformance"),
    ...deep(),
    ...hot(),
    ...generated(1_000),
  ]
}
