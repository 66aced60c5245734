/**
 * Writes vectors/contracts.json: events, custom errors and state entries of secret contracts (PROTOCOL §11), computed with
 * ethers alone. `--check` compares instead of writing.
 */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { AbiCoder, concat, FunctionFragment, id, toUtf8Bytes } from "ethers"

const coder = AbiCoder.defaultAbiCoder()
const typesOf = (signature: string) => FunctionFragment.from(`function ${signature}`).inputs.map(({ type }) => type)
const WHO = `0x${"c0".repeat(20)}`

const event = (signature: string, args: readonly unknown[]) => ({
  signature,
  args,
  bytes: concat([id(signature), coder.encode(typesOf(signature), args)]),
})
const error = (signature: string, args: readonly unknown[]) => ({
  signature,
  args,
  message: concat([id(signature).slice(0, 10), coder.encode(typesOf(signature), args)]),
})
const entry = (
  name: string,
  keys: readonly (readonly [type: string, value: unknown])[],
  type: string,
  value: unknown,
) => ({
  name,
  keys,
  type,
  value,
  entryKey: concat([
    toUtf8Bytes(name),
    ...(keys.length > 0 ? ["0x00"] : []),
    ...keys.map(([keyType, key]) => coder.encode([keyType], [key])),
  ]),
  entryValue: coder.encode([type], [value]),
})

const vectors = {
  events: [event("Paid(address,uint256,string)", [WHO, "1000", "grüße"]), event("Nothing()", [])],
  errors: [error("TooMuch(uint256,uint64)", ["5000", "1000"]), error("Closed()", [])],
  entries: [
    entry("round", [], "uint32", 8),
    entry("names", [["address", WHO]], "string", "äb"),
    entry("log", [], "uint32", 1),
    entry("log", [["uint32", 0]], "uint64", 2),
    entry(
      "pairs",
      [
        ["string", "a"],
        ["uint64", 300],
      ],
      "bool",
      true,
    ),
  ],
}

const file = new URL("../vectors/contracts.json", import.meta.url)
const text = `${JSON.stringify(vectors, null, 2)}\n`
if (process.argv.includes("--check")) assert.equal(readFileSync(file, "utf8"), text)
else writeFileSync(file, text)
