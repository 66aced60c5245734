import type { NamedTypeNode, TypeNode } from "assemblyscript"

/** A type of the ABI and how the generated AssemblyScript names it. */
export type AbiType = {
  readonly solidity: string
  readonly assemblyScript: string
  /** Takes more than its one word. */
  readonly isDynamic: boolean
  /** Bits that a value must fit, when the AssemblyScript type holds more. */
  readonly bits?: number
}

const word = (solidity: string, assemblyScript: string): AbiType => ({ solidity, assemblyScript, isDynamic: false })
const long = (solidity: string, assemblyScript: string): AbiType => ({ solidity, assemblyScript, isDynamic: true })

/** Integers that AssemblyScript has itself. */
const NATIVE_BITS = [8, 16, 32, 64]
/** Solidity's other unsigned integers, kept in a u256. */
const KEPT_IN_U256 = Array.from({ length: 23 }, (_, i) => 72 + 8 * i)

const NAMED: Readonly<Record<string, AbiType>> = {
  bool: word("bool", "bool"),
  string: long("string", "string"),
  u256: word("uint256", "u256"),
  Address: word("address", "Address"),
  Hash: word("bytes32", "Hash"),
  Bytes: long("bytes", "Bytes"),
  ...Object.fromEntries(NATIVE_BITS.map((bits) => [`u${bits}`, word(`uint${bits}`, `u${bits}`)])),
  ...Object.fromEntries(NATIVE_BITS.map((bits) => [`i${bits}`, word(`int${bits}`, `i${bits}`)])),
}
const SIZED: Readonly<Record<string, AbiType>> = Object.fromEntries(
  KEPT_IN_U256.map((bits) => [`u${bits}`, { ...word(`uint${bits}`, "u256"), bits }]),
)

/** What to write instead of types that look right in TypeScript but are not in the ABI. */
const INSTEAD: Readonly<Record<string, string>> = {
  boolean: "Write bool.",
  number: "Write u64, or u256 for amounts.",
  bigint: "Write u256.",
  f32: "Contracts have no floating point: write an integer, scaled as you need.",
  f64: "Contracts have no floating point: write an integer, scaled as you need.",
  usize: "Write u32.",
  isize: "Write i32.",
  Uint8Array: "Write Bytes.",
  ArrayBuffer: "Write Bytes.",
  StaticArray: "Write Bytes for StaticArray<u8>, or T[] for other lists.",
  Map: "Give keys and values as two arrays.",
}

export const SUPPORTED_TYPES = `Use ${Object.keys(NAMED).join(", ")}, u72 to u248 in steps of 8, or arrays (u72 to u248 excepted).`

/** The ABI type of a type in the source, or what to do about one that has none. */
export function abiTypeOf(node: TypeNode): AbiType | { readonly fix: string } {
  const named = node as NamedTypeNode
  const name = named.name?.identifier?.text
  if (name === undefined) return { fix: SUPPORTED_TYPES }
  if (node.isNullable) return { fix: "Values in the ABI are never null: remove | null." }
  if (name === "Array") return arrayType(named.typeArguments?.[0])
  const type = own(NAMED, name) ?? own(SIZED, name)
  return type ?? { fix: own(INSTEAD, name) ?? SUPPORTED_TYPES }
}

function arrayType(item: TypeNode | undefined): AbiType | { readonly fix: string } {
  const inner = item ? abiTypeOf(item) : { fix: "Say what the array holds: T[]." }
  if ("fix" in inner) return inner
  if (inner.bits !== undefined) return { fix: "Write u256[]: only u8, u16, u32, u64 and u256 stand in arrays." }
  return long(`${inner.solidity}[]`, `Array<${inner.assemblyScript}>`)
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

const BY_SOLIDITY: Readonly<Record<string, string>> = Object.fromEntries(
  [...Object.entries(NAMED), ...Object.entries(SIZED)].map(([name, { solidity }]) => [solidity, name]),
)

/** How a source writes a type of Solidity; undefined when it has no form in AssemblyScript. */
export function sourceTypeOf(solidity: string): string | undefined {
  if (!solidity.endsWith("[]")) return own(BY_SOLIDITY, solidity)
  const item = sourceTypeOf(solidity.slice(0, -2))
  return item === undefined || Object.hasOwn(SIZED, item) ? undefined : `${item}[]`
}
