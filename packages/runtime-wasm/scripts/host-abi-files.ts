import * as protocol from "@enigma-discovery/protocol"
import { HOST_FUNCTIONS, type HostFunction, type HostParam } from "@enigma-discovery/protocol"
import { MAX_STACK_SLOTS, PRICE } from "../src/index.ts"

const rows: readonly HostFunction[] = HOST_FUNCTIONS

/** Text of every generated file by its path in the repository. */
export function hostAbiFiles(): Readonly<Record<string, string>> {
  return {
    "packages/sdk-as/assembly/host.ts": assemblyScript(),
    "packages/runtime-wasm/include/enigma.h": cHeader(),
    "docs/HOST-ABI.md": document(),
  }
}

const SOURCE = "packages/protocol/src/host-abi.ts"

function assemblyScript(): string {
  const camel = { none: "void", never: "void", size: "i32", flag: "i32", u64: "u64" } as const
  const type = ({ kind }: HostParam): string => (kind === "size" ? "u32" : "usize")
  const functions = rows.map((row) => {
    const params = row.params.map((param) => `${param.name}: ${type(param)}`).join(", ")
    return `/** ${row.doc} */\n// @ts-ignore: decorator\n@external("${protocol.HOST_MODULE}", "${row.name}")\nexport declare function ${row.name}(${params}): ${camel[row.result]}\n`
  })
  return `// Generated from ${SOURCE} by generate-host-abi.ts; do not edit.\n\n${functions.join("\n")}`
}

function cHeader(): string {
  const result = { none: "void", never: "_Noreturn void", size: "int32_t", flag: "int32_t", u64: "uint64_t" } as const
  const type = ({ kind, name }: HostParam): string =>
    kind === "size" ? `uint32_t ${name}` : `${kind === "in" ? "const void *" : "void *"}${name}`
  const functions = rows.map(
    (row) =>
      `/* ${row.doc} */\n__attribute__((import_module("${protocol.HOST_MODULE}"), import_name("${row.name}")))\n${result[row.result]} enigma_${row.name}(${row.params.map(type).join(", ") || "void"});\n`,
  )
  const limits = LIMITS.map(([name]) => `#define ENIGMA_${name} ${limit(name)}`).join("\n")
  return `/* Generated from ${SOURCE} by generate-host-abi.ts; do not edit. */
#ifndef ENIGMA_H
#define ENIGMA_H
#include <stdint.h>

#define ENIGMA_ABSENT (-1)
${limits}

${functions.join("\n")}
#endif
`
}

/** Limits a contract meets, by the name of their constant in protocol. */
const LIMITS = [
  ["MAX_CODE_BYTES", "code of a contract"],
  ["MAX_MEMORY_PAGES", "linear memory of a call, in pages of 64 KiB"],
  ["MAX_CALLDATA_BYTES", "calldata of a call"],
  ["MAX_RETURN_BYTES", "return data"],
  ["MAX_ERROR_TEXT_BYTES", "message of a revert"],
  ["MAX_KEY_BYTES", "state key"],
  ["MAX_VALUE_BYTES", "state value"],
  ["MAX_CALLBACKS", "callbacks of a task"],
  ["MAX_CALLBACK_DATA_BYTES", "calldata of one callback"],
  ["MAX_EVENTS", "events of a task"],
  ["MAX_EVENT_BYTES", "one event"],
  ["MAX_EVENTS_TOTAL_BYTES", "all events of a task"],
  ["MAX_RANDOM_BYTES", "one call of random"],
  ["MAX_CRYPTO_BYTES", "input of one hash, signature check, encryption or decryption"],
  ["MAX_AAD_BYTES", "additional data of encrypt and decrypt"],
  ["MAX_DEBUG_BYTES", "one debug line"],
] as const

const constants: Readonly<Record<string, unknown>> = { ...protocol }
const limit = (name: (typeof LIMITS)[number][0]): string => String(constants[name])
const thousands = (n: number | bigint | string): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",")

function document(): string {
  const price = ({ price: { base, perByte, bytes } }: HostFunction): string =>
    perByte === 0 ? thousands(base) : `${thousands(base)} + ${perByte} a byte of ${bytes}`
  const params = (row: HostFunction): string =>
    row.params
      .map(({ name, kind, bytes }) => (kind === "size" ? name : `${name} ${kind === "in" ? "→" : "←"} ${bytes}`))
      .join(", ")
  const functions = rows.map((row) => {
    const query = row.inQuery === "trap" ? " **Not in queries: a trap.**" : ""
    return `| \`${row.name}\` | ${params(row)} | ${row.result} | ${price(row)} | ${row.doc}${query} |`
  })
  const instructions: readonly (readonly [string, string | number])[] = [
    ["block, else, end, nop", PRICE.structure],
    ["loop, on entry", PRICE.loop],
    [
      "constants, locals, drop, select, comparisons, add, sub, and, or, xor, shifts, bit counts, conversions, memory.size",
      PRICE.simple,
    ],
    ["global.get, global.set", PRICE.global],
    ["loads and stores", PRICE.memory],
    ["mul", PRICE.multiply],
    ["div, rem, 32 bits", PRICE.divide32],
    ["div, rem, 64 bits", PRICE.divide64],
    ["if, br, br_if, return, unreachable", PRICE.branch],
    ["br_table", PRICE.branchTable],
    ["call", PRICE.call],
    ["call_indirect", PRICE.callIndirect],
    ["entering a function", `1 for each ${PRICE.localsPerGas} declared locals, rounded up`],
    [
      "memory.grow",
      `${thousands(PRICE.memoryGrow)}, and ${thousands(PRICE.page)} a page when the memory can grow so far`,
    ],
    [
      "memory.copy, memory.fill, memory.init, data.drop",
      `${PRICE.bulk}, and 1 for each ${PRICE.bulkBytesPerGas} bytes, rounded down`,
    ],
    ["table.copy, table.init, elem.drop", `${PRICE.bulk}, and ${PRICE.element} an element`],
    [
      "a call's fresh instance",
      `${thousands(PRICE.instance)}, and ${thousands(PRICE.page)} a page it starts with, 1 for each ${PRICE.dataBytesPerGas} bytes of data placed (rounded up), ${PRICE.slot} for each table slot and ${PRICE.element} for each element placed; for WASI ${thousands(PRICE.wasiInstance)} more`,
    ],
  ]
  return `<!-- Generated from ${SOURCE} by packages/runtime-wasm/scripts/generate-host-abi.ts; do not edit. -->
# Host ABI and gas

What a secret contract may call, and what everything costs. A contract of the \`bare\` profile is a WebAssembly 1.0 module (integers, one memory, at most one table, bulk memory and sign extension allowed) that exports \`construct\` and \`call\`, both without parameters and results, and imports functions of this table from module \`${protocol.HOST_MODULE}\`. A program of the \`wasi\` profile is a wasm32-wasi command (it imports \`wasi_snapshot_preview1\` and exports \`_start\` and \`memory\`): standard input is the calldata, standard output the return data, an exit code other than 0 a revert with what it wrote to standard error; calldata that starts with the selector of \`run(string[],bytes)\` gives it arguments and input and takes \`bytes\` back. It may use the table as well.

## Gas

One unit stands for about one nanosecond of the reference machine. **A call is charged the sum of the prices of the instructions it executes and of its host calls, and nothing else. It runs out of gas exactly when that sum is above the limit.** Where an implementation tests the gas cannot be seen: a call that runs out of gas leaves nothing behind. A call that ends by \`revert\` pays for what it executed up to there; a trap, also when the executed code would have run out of gas a little later, takes the whole limit, and so does running out of gas.

| instruction | gas |
|---|---|
${instructions.map(([what, gas]) => `| ${what} | ${gas} |`).join("\n")}

Calls nest until their frames take more than ${thousands(MAX_STACK_SLOTS)} slots of 8 bytes; then the call ends as the trap \`stack-overflow\`. Only functions that can call themselves, directly or through others, count as they run; a chain of other functions that would not fit is refused before anything runs.

## Functions

Pointers and sizes are unsigned 32-bit numbers. \`name → n\`: the host reads n bytes there; \`name ← n\`: it writes up to n bytes. Result \`size\`: bytes, or ${protocol.ABSENT} when there is nothing; when they are more than the capacity given, nothing is written. \`flag\`: 1 or 0. A range outside memory or a size above its limit is the trap \`host-misuse\`. The price is charged before anything is done.

| function | parameters | result | gas | what it does |
|---|---|---|---|---|
${functions.join("\n")}

## Where the prices come from

| function | source |
|---|---|
${rows.map((row) => `| \`${row.name}\` | ${row.price.source} |`).join("\n")}

## Limits

| what | limit |
|---|---|
${LIMITS.map(([name, what]) => `| ${what} (\`${name}\`) | ${thousands(limit(name))} |`).join("\n")}
| gas granted to a call (\`MAX_GAS_LIMIT\`) | ${thousands(protocol.MAX_GAS_LIMIT)} |
`
}
