// What the documentation of Solidity interfaces lacks. The interface is the document: each function, event, error and struct
// has a sentence, each parameter and return value a meaning and unit.
import { createRequire } from "node:module"

interface Named {
  readonly name: string
}
interface Node {
  readonly nodeType: string
  readonly name: string
  readonly src: string
  readonly documentation?: { readonly text: string } | null
  readonly parameters?: { readonly parameters: readonly Named[] }
  readonly returnParameters?: { readonly parameters: readonly Named[] }
  readonly members?: readonly Named[]
  readonly nodes?: readonly Node[]
}
interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly sources: Readonly<Record<string, { readonly ast: Node }>>
}

const DOCUMENTED = ["FunctionDefinition", "EventDefinition", "ErrorDefinition", "StructDefinition"]

/** @param sources file name -> Solidity text @returns one sentence for each thing missing @throws Error for what does not parse */
export function missingNatspec(sources: Readonly<Record<string, string>>): readonly string[] {
  const { errors = [], sources: parsed } = parse(sources)
  const fatal = errors.filter(({ severity }) => severity === "error")
  if (fatal.length > 0) throw new Error(fatal.map(({ formattedMessage }) => formattedMessage).join("\n"))
  return Object.entries(parsed).flatMap(([file, { ast }]) =>
    (ast.nodes ?? [])
      .filter(({ nodeType }) => nodeType === "ContractDefinition")
      .flatMap((contract) => (contract.nodes ?? []).filter(({ nodeType }) => DOCUMENTED.includes(nodeType)))
      .flatMap((node) =>
        missingOf(node).map((what) => `${file}:${lineOf(sources[file]!, node)} ${node.name}: ${what}`),
      ),
  )
}

/** Stops after parsing: imports need not be there. */
function parse(sources: Readonly<Record<string, string>>): CompilerOutput {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  }
  return JSON.parse(solc.compile(JSON.stringify(input))) as CompilerOutput
}

function missingOf(node: Node): readonly string[] {
  const text = node.documentation?.text ?? ""
  const documented = new Set(
    [...text.matchAll(/@param\s+((?:\w+\s*,\s*)*\w+)/g)].flatMap(([, names]) => names!.split(/\s*,\s*/)),
  )
  const inputs = [...(node.parameters?.parameters ?? []), ...(node.members ?? [])]
  const unnamed = inputs.filter(({ name }) => !documented.has(name)).map(({ name }) => `no @param ${name}`)
  const returns = node.returnParameters?.parameters.length ?? 0
  const told = text.match(/@return\s/g)?.length ?? 0
  return [
    ...(/@notice\s+\S/.test(text) ? [] : ["no @notice"]),
    ...unnamed,
    ...(told < returns ? [`${told} @return for ${returns} values`] : []),
  ]
}

/** `src` counts bytes. */
const lineOf = (text: string, { src }: Node) =>
  Buffer.from(text).subarray(0, Number.parseInt(src, 10)).toString().split("\n").length
