import { type Expression, type Node, type Parser, Source, type Statement, Tokenizer } from "assemblyscript"
import { Transform } from "assemblyscript/transform"
import { SourceKind } from "./compiler-enums.ts"
import { type AbiEntry, abiOf } from "./contract-model.ts"
import { callbackSource, entrySource } from "./entry-source.ts"
import { type EthereumMethod, type Problem, readSources } from "./read-contract.ts"

/** Thrown out of the compiler when the contract must be written differently. */
export class ContractProblems extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super("contract problems")
    this.problems = problems
  }
}

/** What a run of the compiler learned of the contract. */
export type TransformResult = { abi: readonly AbiEntry[]; name: string }

/**
 * The compiler plugin: finds the contract, gives it an entry that speaks the ABI, fills in the methods of `@ethereum`
 * classes. Generated code stands in a source of its own: moved into the user's, it would break the compiler's ranges.
 */
export function contractTransform(result: TransformResult): new () => Transform {
  return class ContractTransform extends Transform {
    afterParse(parser: Parser): void {
      const { contract, ethereumMethods, problems } = readSources(parser.sources)
      if (problems.length > 0 || contract === undefined) throw new ContractProblems(problems)
      for (const method of ethereumMethods) fillMethod(parser, method)
      result.abi = abiOf(contract.model)
      result.name = contract.model.className
      const path = contract.source.normalizedPath
      const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ts$/, "")
      parser.parseFile(entrySource(contract.model, `./${name}`), path.replace(/\.ts$/, ".entry.ts"), true)
    }
  }
}

/** Parses a body and gives it to the method, at the method's own place in the source. */
function fillMethod(parser: Parser, method: EthereumMethod): void {
  const source = new Source(SourceKind.User, "callback.ts", callbackSource(method))
  const body = parser.parseStatement(new Tokenizer(source, []), false)
  if (body === null) throw new Error(`the generated body of ${method.name} does not parse`)
  moveTo(body, method.declaration.range)
  method.declaration.body = body
}

/** Gives a syntax tree the range of another node, so that every part of it lies in that node's source. */
function moveTo(node: Statement | Expression, range: Node["range"]): void {
  const seen = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value) || value === range) return
    seen.add(value)
    if ("range" in value) value.range = range
    for (const [key, part] of Object.entries(value)) if (key !== "range") visit(part)
  }
  visit(node)
}
