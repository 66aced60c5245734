import {
  type Expression,
  type ExpressionStatement,
  type Node,
  type Parser,
  Source,
  type Statement,
  Tokenizer,
} from "assemblyscript"
import { Transform } from "assemblyscript/transform"
import { abiOf, ethereumOf, stateOf } from "./abi-json.ts"
import type { ContractShape } from "./compile.ts"
import { SourceKind } from "./compiler-enums.ts"
import { BODIES, entrySource, variableSource } from "./entry-source.ts"
import { readSources } from "./read-contract.ts"
import type { Problem } from "./source-problems.ts"

/** Thrown out of the compiler when the contract must be written differently. */
export class ContractProblems extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super("contract problems")
    this.problems = problems
  }
}

/**
 * The compiler plugin: finds the contract, gives it an entry that speaks the ABI, fills in what the contract only
 * declares. Generated code stands in a source of its own: moved into the user's, it would break the compiler's ranges.
 * @param learned takes what the run learned of the contract
 */
export function contractTransform(learned: { shape: ContractShape | undefined }): new () => Transform {
  return class ContractTransform extends Transform {
    afterParse(parser: Parser): void {
      const { contract, methods, fields, problems } = readSources(parser.sources)
      if (problems.length > 0 || contract === undefined) throw new ContractProblems(problems)
      for (const { declaration, kind, signed } of methods)
        declaration.body = parsed(parser, BODIES[kind](signed), declaration.range)
      for (const { declaration, variable } of fields) {
        const statement = parsed(parser, variableSource(variable), declaration.range)
        declaration.initializer = (statement as ExpressionStatement).expression
      }
      const { model, source } = contract
      learned.shape = { name: model.className, abi: abiOf(model), state: stateOf(model), ethereum: ethereumOf(model) }
      const path = source.normalizedPath
      const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ts$/, "")
      parser.parseFile(entrySource(model, `./${name}`), path.replace(/\.ts$/, ".entry.ts"), true)
    }
  }
}

/** Parses a statement and moves it to a place in the user's source. */
function parsed(parser: Parser, text: string, range: Node["range"]): Statement {
  const statement = parser.parseStatement(new Tokenizer(new Source(SourceKind.User, "declared.ts", text), []), false)
  if (statement === null) throw new Error(`generated code does not parse: ${text}`)
  moveTo(statement, range)
  return statement
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
