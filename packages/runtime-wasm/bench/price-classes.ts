import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import wabtInit from "wabt"
import { call, prepare } from "../src/index.ts"

/** What an instruction is charged, and what it takes. */
export type PriceClass = { readonly name: string; readonly gas: number; readonly ns: number }

const UNROLLED = 32
const ROUNDS = 20_000
const GAS = 100_000_000_000n

/** By class: text that leaves the stack as it was, an i32 in local 0 and an i64 in local 1 to work on. */
const BODIES: Readonly<Record<string, string>> = {
  "add, locals": "(local.set 0 (i32.add (local.get 0) (local.get 2)))",
  "compare, select": "(local.set 0 (select (local.get 0) (local.get 2) (i32.lt_u (local.get 0) (local.get 2))))",
  popcnt: "(local.set 1 (i64.popcnt (local.get 1)))",
  multiply: "(local.set 1 (i64.mul (local.get 1) (i64.const 0x5bd1e9955bd1e995)))",
  "divide 32": "(local.set 0 (i32.div_u (i32.const -7) (i32.or (local.get 0) (i32.const 1))))",
  "divide 64": "(local.set 1 (i64.rem_s (i64.const -7) (i64.or (local.get 1) (i64.const 0x100000001))))",
  global: "(global.set 0 (i32.add (global.get 0) (i32.const 1)))",
  "load near": "(local.set 0 (i32.load (i32.and (local.get 0) (i32.const 0xfff))))",
  "load far":
    "(local.set 0 (i32.load (i32.and (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 0x9e3779b1)) (i32.const 0xfffffc))))",
  "store far":
    "(i32.store (i32.and (local.tee 0 (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 0x9e3779b1))) (i32.const 0xfffffc)) (local.get 0))",
  branch: "(block (br_if 0 (local.get 2)) (nop))",
  if: "(if (i32.and (local.tee 0 (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 0x9e3779b1))) (i32.const 0x10000)) (then (local.set 2 (i32.const 3))) (else (local.set 2 (i32.const 5))))",
  br_table:
    "(block (block (block (br_table 0 1 2 (i32.and (i32.shr_u (local.tee 0 (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 0x9e3779b1))) (i32.const 20)) (i32.const 3)))) (nop)) (nop))",
  loop: "(loop)",
  call: "(call $nothing)",
  "call, 64 locals": "(call $many)",
  call_indirect: "(call_indirect (i32.const 0))",
  "memory.size": "(local.set 0 (memory.size))",
  "fill of nothing": "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))",
  "fill of 4 KB": "(memory.fill (i32.const 0) (i32.const 0) (i32.const 4096))",
  "copy of 4 KB": "(memory.copy (i32.const 1) (i32.const 8192) (i32.const 4096))",
  "init of 4 bytes": "(memory.init 1 (i32.const 0) (i32.const 0) (i32.const 4))",
  "table.copy of 64": "(table.copy (i32.const 1) (i32.const 0) (i32.const 64))",
  "table.init of 64": "(table.init 1 (i32.const 0) (i32.const 0) (i32.const 64))",
  "memory.grow by none": "(drop (memory.grow (i32.const 0)))",
  "host: block_number": "(local.set 1 (call $block_number))",
  "host: state_read": "(drop (call $state_read (i32.const 0) (i32.const 8) (i32.const 64) (i32.const 64)))",
  "host: keccak256 of 136": "(call $keccak256 (i32.const 0) (i32.const 136) (i32.const 256))",
}
/** Those take so long that fewer rounds tell as much. */
const SLOW = /^host|KB|table\.|grow/

const source = (body: string, rounds: number) => `(module
  (import "env" "block_number" (func $block_number (result i64)))
  (import "env" "state_read" (func $state_read (param i32 i32 i32 i32) (result i32)))
  (import "env" "keccak256" (func $keccak256 (param i32 i32 i32)))
  (memory 256 256) (table 128 funcref) (global (mut i32) (i32.const 0))
  (elem (i32.const 0) ${"$nothing ".repeat(64)}) (elem func ${"$nothing ".repeat(64)})
  (data (i32.const 0) "some") (data "four")
  (func $nothing)
  (func $many (local ${"i64 ".repeat(64)}))
  (func (export "construct"))
  (func (export "call") (local i32 i64 i32 i32)
    (local.set 2 (i32.const 3))
    (loop $l ${body.repeat(UNROLLED)}
      (br_if $l (i32.lt_u (local.tee 3 (i32.add (local.get 3) (i32.const 1))) (i32.const ${rounds}))))))`

/** Least time of each class in this process's tier of V8; its gas as a call is charged it. */
export async function priceClasses(): Promise<readonly PriceClass[]> {
  const wabt = await wabtInit()
  const measured = (body: string, rounds: number) => {
    const parsed = wabt.parseWat("class.wat", source(body, rounds), { bulk_memory: true, sign_extension: true })
    const module = prepare(parsed.toBinary({}).buffer.slice())
    parsed.destroy()
    let [best, gas] = [Number.POSITIVE_INFINITY, 0]
    for (let i = 0; i < 7; i++) {
      const state = new MemoryState()
      const start = performance.now()
      const outcome = call(module, testContext(), state, testCrypto(), GAS)
      best = Math.min(best, performance.now() - start)
      if (outcome.kind !== "success") throw new Error(`${body} ended as ${outcome.kind}`)
      gas = Number(outcome.gasUsed - module.instanceGas)
    }
    return { ms: best, gas }
  }
  return Object.entries(BODIES).map(([name, body]) => {
    const rounds = SLOW.test(name) ? ROUNDS / 100 : ROUNDS
    const [full, empty] = [measured(body, rounds), measured("", rounds)]
    const count = rounds * UNROLLED
    return { name, gas: (full.gas - empty.gas) / count, ns: ((full.ms - empty.ms) * 1e6) / count }
  })
}
