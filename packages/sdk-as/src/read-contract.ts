import type {
  ClassDeclaration,
  DecoratorNode,
  FunctionDeclaration,
  MethodDeclaration,
  Node,
  Source,
  TypeNode,
} from "assemblyscript"
import { CommonFlags, NodeKind, SourceKind } from "./compiler-enums.ts"
import type { ContractFunction, ContractModel, Parameter } from "./contract-model.ts"
import { selectorOf, signatureOf } from "./contract-model.ts"
import { type AbiType, abiTypeOf } from "./solidity-types.ts"

/** Something the source must say differently. */
export type Problem = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly problem: string
  readonly fix: string
}

export type EthereumMethod = {
  readonly declaration: MethodDeclaration
  readonly name: string
  readonly parameters: readonly Parameter[]
}
export type ReadSource = {
  readonly contract: { readonly model: ContractModel; readonly source: Source } | undefined
  readonly ethereumMethods: readonly EthereumMethod[]
  readonly problems: readonly Problem[]
}

const CLASS_DECORATORS = ["contract", "ethereum"]
const METHOD_DECORATORS = ["construct", "call", "view", "payable"]

/** Reads the contract class and the Ethereum contracts out of the user's sources, and removes our decorators from them. */
export function readSources(sources: readonly Source[]): ReadSource {
  return new ContractReader().read(sources)
}

class ContractReader {
  readonly #problems: Problem[] = []
  readonly #ethereumMethods: EthereumMethod[] = []
  #contract: { model: ContractModel; source: Source } | undefined

  read(sources: readonly Source[]): ReadSource {
    const own = sources.filter(
      (source) => source.sourceKind === SourceKind.User || source.sourceKind === SourceKind.UserEntry,
    )
    for (const source of own) {
      for (const statement of source.statements) {
        if (statement.kind === NodeKind.ClassDeclaration) this.#class(statement as ClassDeclaration, source)
      }
    }
    const entry = own.find((source) => source.sourceKind === SourceKind.UserEntry)
    if (this.#contract === undefined && this.#problems.length === 0 && entry !== undefined) {
      this.#problems.push({
        file: entry.normalizedPath,
        line: 1,
        column: 1,
        problem: "There is no contract.",
        fix: "Write @contract before the class that is one.",
      })
    }
    return { contract: this.#contract, ethereumMethods: this.#ethereumMethods, problems: this.#problems }
  }

  #problem(node: Node, problem: string, fix: string): void {
    const { source, start } = node.range
    this.#problems.push({
      file: source.normalizedPath,
      line: source.lineAt(start),
      column: source.columnAt(),
      problem,
      fix,
    })
  }

  /** Takes our decorators off a declaration: the compiler does not know them. @returns their names */
  #take(declaration: ClassDeclaration | FunctionDeclaration, known: readonly string[]): ReadonlySet<string> {
    const names = new Set<string>()
    const nameOf = (decorator: DecoratorNode): string => (decorator.name as { text?: string }).text ?? ""
    for (const decorator of declaration.decorators ?? [])
      if (known.includes(nameOf(decorator))) names.add(nameOf(decorator))
    const rest = declaration.decorators?.filter((decorator) => !known.includes(nameOf(decorator)))
    declaration.decorators = rest && rest.length > 0 ? rest : null
    return names
  }

  #class(declaration: ClassDeclaration, source: Source): void {
    const names = this.#take(declaration, CLASS_DECORATORS)
    if (names.has("ethereum")) this.#ethereum(declaration)
    if (!names.has("contract")) return
    if (this.#contract !== undefined)
      this.#problem(declaration, "There are two contracts.", "Keep one class with @contract a program.")
    else this.#contract = { model: this.#model(declaration), source }
  }

  #methods(declaration: ClassDeclaration): MethodDeclaration[] {
    return declaration.members.filter(
      (member): member is MethodDeclaration => member.kind === NodeKind.MethodDeclaration,
    )
  }

  #ethereum(declaration: ClassDeclaration): void {
    const name = declaration.name.text
    if (declaration.extendsType?.name.identifier.text !== "EthereumContract") {
      this.#problem(declaration, `Class ${name} cannot make calls.`, `Write: class ${name} extends EthereumContract.`)
    }
    for (const method of this.#methods(declaration)) {
      if (method.signature.returnType && typeName(method.signature.returnType) !== "void") {
        this.#problem(
          method,
          `${name}.${method.name.text} returns a value.`,
          "Callbacks run after the task has ended: write void.",
        )
      }
      this.#ethereumMethods.push({ declaration: method, name: method.name.text, parameters: this.#parameters(method) })
    }
  }

  #model(declaration: ClassDeclaration): ContractModel {
    const className = declaration.name.text
    if (!declaration.is(CommonFlags.Export))
      this.#problem(declaration, `Contract ${className} is not exported.`, `Write: export class ${className}.`)
    let construct: ContractFunction | undefined
    const functions: ContractFunction[] = []
    for (const method of this.#methods(declaration)) {
      if (method.name.kind === NodeKind.Constructor) {
        if (method.signature.parameters.length > 0) {
          this.#problem(
            method,
            "The constructor of the class runs in every call and has no arguments.",
            "Put what happens at deployment into a method with @construct.",
          )
        }
        continue
      }
      const names = this.#take(method, METHOD_DECORATORS)
      if (names.size === 0) continue
      const f = this.#function(method, names)
      if (names.has("construct")) construct = f
      else functions.push(f)
    }
    this.#checkSelectors(declaration, functions)
    if (functions.length === 0)
      this.#problem(
        declaration,
        `Contract ${className} has no functions.`,
        "Write @call or @view before the methods users may call.",
      )
    return { className, construct, functions }
  }

  #function(method: MethodDeclaration, names: ReadonlySet<string>): ContractFunction {
    const name = method.name.text
    const kinds = ["construct", "call", "view"].filter((kind) => names.has(kind))
    if (kinds.length !== 1)
      this.#problem(
        method,
        `${name} is marked ${kinds.map((kind) => `@${kind}`).join(" and ") || "@payable alone"}.`,
        "Write exactly one of @construct, @call and @view.",
      )
    if (names.has("payable") && names.has("view"))
      this.#problem(method, `${name} is a view and cannot be paid.`, "Write @call for @view, or remove @payable.")
    if (method.is(CommonFlags.Static) || method.is(CommonFlags.Private) || method.is(CommonFlags.Protected)) {
      this.#problem(method, `${name} is not a public method.`, "Remove static, private or protected.")
    }
    if (method.isAny(CommonFlags.Get | CommonFlags.Set))
      this.#problem(method, `${name} is an accessor.`, "Write it as a method.")
    if (method.typeParameters !== null) this.#problem(method, `${name} is generic.`, "Write the types out.")
    const returns = method.signature.returnType
    const result = returns && typeName(returns) !== "void" ? this.#type(returns, `${name} returns`) : undefined
    if (names.has("construct") && result !== undefined)
      this.#problem(method, "A constructor returns nothing.", "Write void.")
    return {
      name,
      parameters: this.#parameters(method),
      result,
      mutability: names.has("payable") ? "payable" : names.has("view") ? "view" : "nonpayable",
    }
  }

  #parameters(method: MethodDeclaration): readonly Parameter[] {
    return method.signature.parameters.map((parameter) => {
      if (parameter.initializer !== null)
        this.#problem(
          parameter,
          `Parameter ${parameter.name.text} has a default value.`,
          "Callers always give every argument: remove it.",
        )
      return { name: parameter.name.text, type: this.#type(parameter.type, `Parameter ${parameter.name.text} is`) }
    })
  }

  #type(node: TypeNode, what: string): AbiType {
    const type = abiTypeOf(node)
    if (!("fix" in type)) return type
    this.#problem(node, `${what} of type ${node.range.toString()}, which has no form in the ABI.`, type.fix)
    return { solidity: "bytes", assemblyScript: "Bytes" }
  }

  #checkSelectors(declaration: ClassDeclaration, functions: readonly ContractFunction[]): void {
    const seen = new Map<string, string>()
    for (const f of functions) {
      const signature = signatureOf(f)
      const selector = selectorOf(signature)
      const other = seen.get(selector)
      if (other !== undefined)
        this.#problem(declaration, `${signature} and ${other} have the same selector.`, "Rename one of them.")
      seen.set(selector, signature)
    }
  }
}

const typeName = (node: TypeNode): string =>
  (node as { name?: { identifier?: { text?: string } } }).name?.identifier?.text ?? ""
