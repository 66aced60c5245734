import type { NamedTypeNode, TypeNode } from "assemblyscript"

/** A type of the ABI and how the generated AssemblyScript names it. */
export type AbiType = { readonly solidity: string; readonly assemblyScript: string }

const NAMED: Readonly<Record<string, AbiType>> = {
  bool: { solidity: "bool", assemblyScript: "bool" },
  string: { solidity: "string", assemblyScript: "string" },
  u256: { solidity: "uint256", assemblyScript: "u256" },
  Address: { solidity: "address", assemblyScript: "Address" },
  Hash: { solidity: "bytes32", assemblyScript: "Hash" },
  Bytes: { solidity: "bytes", assemblyScript: "Bytes" },
  ...Object.fromEntries(
    [8, 16, 32, 64].flatMap((bits) => [
      [`u${bits}`, { solidity: `uint${bits}`, assemblyScript: `u${bits}` }],
      [`i${bits}`, { solidity: `int${bits}`, assemblyScript: `i${bits}` }],
    ]),
  ),
}

/** What to write instead of types that look right in TypeScript but are not in the ABI. */
const INSTEAD: Readonly<Record<string, string>> = {
  boolean: "Write bool.",
  number: "Write u64, or u256 for amounts.",
  f32: "Contracts have no floating point: write an integer, scaled as you need.",
  f64: "Contracts have no floating point: write an integer, scaled as you need.",
  usize: "Write u32.",
  isize: "Write i32.",
  Uint8Array: "Write Bytes.",
  ArrayBuffer: "Write Bytes.",
  StaticArray: "Write Bytes for StaticArray<u8>, or T[] for other lists.",
  Map: "Give keys and values as two arrays.",
}

export const SUPPORTED_TYPES = `Use ${Object.keys(NAMED).join(", ")}, or arrays of these.`

/** The ABI type of a type in the source, or what to do about one that has none. */
export function abiTypeOf(node: TypeNode): AbiType | { readonly fix: string } {
  const named = node as NamedTypeNode
  const name = named.name?.identifier?.text
  if (name === undefined) return { fix: SUPPORTED_TYPES }
  if (node.isNullable) return { fix: "Values in the ABI are never null: remove | null." }
  if (name === "Array") {
    const item = named.typeArguments?.[0]
    const inner = item ? abiTypeOf(item) : { fix: "Say what the array holds: T[]." }
    return "fix" in inner
      ? inner
      : { solidity: `${inner.solidity}[]`, assemblyScript: `Array<${inner.assemblyScript}>` }
  }
  return (Object.hasOwn(NAMED, name) ? NAMED[name] : undefined) ?? { fix: INSTEAD[name] ?? SUPPORTED_TYPES }
}
