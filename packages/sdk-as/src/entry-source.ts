import type { ContractFunction, ContractModel, Signed, StateVariable } from "./contract-model.ts"
import { selectorOf, signatureOf, topicOf } from "./contract-model.ts"
import { LIBRARY } from "./library-name.ts"
import type { AbiType } from "./solidity-types.ts"

/** The second entry of the program: decodes calldata, calls the contract's methods, encodes what they return. */
export function entrySource(model: ContractModel, contractModule: string): string {
  const { construct, className } = model
  const arms = model.functions.map(
    (f) => `  if (selector == ${selectorOf(signatureOf(f))}) {\n${invoke(className, f, 4)}    return\n  }\n`,
  )
  return `import { ${className} } from "${contractModule}"
import { Address, Bytes, Hash, u256 } from "${LIBRARY}"
import { args, begin, refuseValue, respond, unknownFunction } from "${LIBRARY}/entry"
import "${LIBRARY}/declared"

export function construct(): void {
  begin(0)
${construct === undefined ? "    refuseValue()\n" : invoke(className, construct, 0)}}

export function call(): void {
  const selector = begin(4)
${arms.join("")}  unknownFunction()
}
`
}

function invoke(className: string, f: ContractFunction, lead: number): string {
  const lines = f.mutability === "payable" ? [] : ["refuseValue()"]
  if (f.parameters.length > 0) lines.push(`const data = args(${lead})`)
  f.parameters.forEach(({ type }, i) => {
    const argument = `data.take<${type.assemblyScript}>()`
    lines.push(`const p${i} = ${type.bits === undefined ? argument : `__Declared.given(${argument}, ${type.bits})`}`)
  })
  const expression = `new ${className}().${f.name}(${f.parameters.map((_, i) => `p${i}`).join(", ")})`
  lines.push(
    f.result === undefined ? expression : `respond<${f.result.assemblyScript}>(${fitting(expression, f.result)})`,
  )
  return lines.map((line) => `    ${line}\n`).join("")
}

/** The value, after a check that the bits of its type hold it. */
const fitting = (expression: string, { bits }: AbiType): string =>
  bits === undefined ? expression : `__Declared.fitting(${expression}, ${bits})`

const headSize = ({ parameters }: Signed): number => 32 * parameters.length

const tailSize = ({ parameters }: Signed): string =>
  parameters
    .filter(({ type }) => type.isDynamic)
    .map(({ name, type }) => `__Declared.tail<${type.assemblyScript}>(${name})`)
    .join(" + ") || "0"

const puts = ({ parameters }: Signed): string =>
  parameters.map(({ name, type }) => `  __data.put<${type.assemblyScript}>(${fitting(name, type)})\n`).join("")

/** Bodies of declared methods. `__Declared` is global to the program: user sources need not import it. */
export const BODIES = {
  /** Of an `@ethereum` class: encodes the call and hands it to the host. */
  callback: (f: Signed) =>
    `{\n  const __data = __Declared.call(${selectorOf(signatureOf(f))}, ${headSize(f)}, ${tailSize(f)})\n${puts(f)}  this.send(__data)\n}`,
  /** PROTOCOL §11.2. */
  event: (f: Signed) =>
    `{\n  const __data = __Declared.event(${topicWords(f)}, ${headSize(f)}, ${tailSize(f)})\n${puts(f)}  __Declared.emit(__data)\n}`,
  /** PROTOCOL §11.3. */
  error: (f: Signed) =>
    `{\n  const __data = __Declared.call(${selectorOf(signatureOf(f))}, ${headSize(f)}, 0)\n${puts(f)}  __Declared.fail(__data)\n}`,
} as const

const topicWords = (f: Signed): string => {
  const topic = topicOf(signatureOf(f)).slice(2)
  return [0, 16, 32, 48].map((at) => `0x${topic.slice(at, at + 16)}`).join(", ")
}

/** The value of a field of the contract's class. */
export function variableSource({ name, kind, keys, value, isPublic }: StateVariable): string {
  const holder = kind === "value" ? "Value" : kind === "list" ? "List" : keys.length === 1 ? "Mapping" : "Mapping2"
  const types = [...keys, value].map(({ assemblyScript }) => assemblyScript).join(", ")
  return `new ${holder}<${types}>(${JSON.stringify(name)}${isPublic ? ", true" : ""})`
}
