import { type ContractFunction, type ContractModel, selectorOf, signatureOf } from "./contract-model.ts"

export const LIBRARY = "@enigma-discovery/sdk-as/assembly"

/** The second entry of the program: decodes calldata, calls the contract's methods, encodes what they return. */
export function entrySource(model: ContractModel, contractModule: string): string {
  const construct = model.construct
  const arms = model.functions.map(
    (f) => `  if (selector == ${selectorOf(signatureOf(f))}) {\n${invoke(f, 4)}    return\n  }\n`,
  )
  return `import { ${model.className} } from "${contractModule}"
import { Address, Bytes, Hash, u256 } from "${LIBRARY}"
import { args, begin, refuseValue, respond, unknownFunction } from "${LIBRARY}/entry"

export function construct(): void {
  begin(0)
${construct === undefined ? "    refuseValue()\n" : invoke(construct, 0)}}

export function call(): void {
  const selector = begin(4)
${arms.join("")}  unknownFunction()
}
`
  function invoke(f: ContractFunction, lead: number): string {
    const lines = f.mutability === "payable" ? [] : ["refuseValue()"]
    if (f.parameters.length > 0) lines.push(`const data = args(${lead})`)
    f.parameters.forEach(({ type }, i) => {
      lines.push(`const p${i} = data.take<${type.assemblyScript}>()`)
    })
    const expression = `new ${model.className}().${f.name}(${f.parameters.map((_, i) => `p${i}`).join(", ")})`
    lines.push(f.result === undefined ? expression : `respond<${f.result.assemblyScript}>(${expression})`)
    return lines.map((line) => `    ${line}\n`).join("")
  }
}

/** Body of a method of an `@ethereum` class: encodes the call and hands it to the host. */
export function callbackSource(f: Pick<ContractFunction, "name" | "parameters">): string {
  const sizes = f.parameters.map(({ name, type }) => `EthereumContract.tail<${type.assemblyScript}>(${name})`)
  const puts = f.parameters.map(({ name, type }) => `  data.put<${type.assemblyScript}>(${name})\n`)
  const start = `EthereumContract.start(${selectorOf(signatureOf(f))}, ${32 * f.parameters.length}, ${sizes.join(" + ") || "0"})`
  return `{\n  const data = ${start}\n${puts.join("")}  this.send(data)\n}`
}
