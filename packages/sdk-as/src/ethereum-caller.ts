import { sdkErrors } from "./errors.ts"
import { LIBRARY } from "./library-name.ts"
import { sourceTypeOf } from "./solidity-types.ts"

type SolidityFunction = {
  readonly name: string
  readonly inputs: readonly { readonly name: string; readonly type: string }[]
}

/** Words that cannot name a parameter. */
const RESERVED =
  /^(break|case|catch|class|const|continue|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/

/**
 * The source of an `@ethereum` class out of a Solidity ABI: a typed caller of everything that changes state. What has no
 * form in AssemblyScript (structs, fixed arrays, bytes4, overloads) stands there as a comment.
 * @param name of the class
 * @param abi ABI JSON, or a compiler's artifact that holds it under `abi`
 * @throws SDK_AS_BAD_ABI
 */
export function ethereumCaller(name: string, abi: unknown): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw sdkErrors.make("BAD_ABI", { name, reason: "that is no name of a class." })
  const functions = functionsOf(name, abi)
  if (functions.length === 0)
    throw sdkErrors.make("BAD_ABI", { name, reason: "it has no function that changes state." })
  const seen = new Set<string>()
  const methods = functions.map((f) => `  ${methodOf(f, seen)}\n`).join("")
  const used = ["Address", "Bytes", "Hash", ...SIZED_NAMES].filter((type) => new RegExp(`: ${type}\\b`).test(methods))
  return `// Made from the ABI of ${name} by enigma-asc; do not edit.
import { ${[...used, "EthereumContract"].sort().join(", ")} } from "${LIBRARY}"

@ethereum
export class ${name} extends EthereumContract {
${methods}}
`
}

const SIZED_NAMES = Array.from({ length: 24 }, (_, i) => `u${72 + 8 * i}`)

function functionsOf(name: string, abi: unknown): readonly SolidityFunction[] {
  const entries = Array.isArray(abi) ? abi : (abi as { abi?: unknown } | null)?.abi
  if (!Array.isArray(entries)) throw sdkErrors.make("BAD_ABI", { name, reason: "it is no list of entries." })
  return entries.filter(isCallable)
}

function isCallable(entry: unknown): entry is SolidityFunction {
  const { type, name, inputs, stateMutability } = (entry ?? {}) as Record<string, unknown>
  if (type !== "function" || typeof name !== "string" || !/^[A-Za-z_$][\w$]*$/.test(name)) return false
  // ethers leaves "nonpayable" out.
  if (stateMutability !== undefined && stateMutability !== "nonpayable" && stateMutability !== "payable") return false
  return (
    Array.isArray(inputs) && inputs.every((input) => typeof input?.type === "string" && /^[\w[\]]+$/.test(input.type))
  )
}

function methodOf({ name, inputs }: SolidityFunction, seen: Set<string>): string {
  const signature = `${name}(${inputs.map(({ type }) => type).join(",")})`
  if (seen.has(name)) return `// ${signature}: another function has this name`
  const types = inputs.map(({ type }) => sourceTypeOf(type))
  const missing = types.indexOf(undefined)
  if (missing >= 0) return `// ${signature}: ${inputs[missing]!.type} has no form in AssemblyScript`
  seen.add(name)
  return `${name}(${inputs.map((input, i) => `${parameterName(input.name, i)}: ${types[i]}`).join(", ")}): void {}`
}

function parameterName(name: unknown, i: number): string {
  if (typeof name !== "string" || !/^[A-Za-z_]\w*$/.test(name)) return `a${i}`
  return RESERVED.test(name) ? `${name}_` : name
}
