import type {
  ClassDeclaration,
  DeclarationStatement,
  FieldDeclaration,
  MethodDeclaration,
  Source,
} from "assemblyscript"
import { CommonFlags, NodeKind, SourceKind } from "./compiler-enums.ts"
import type { ContractFunction, ContractModel, EthereumInterface, Signed, StateVariable } from "./contract-model.ts"
import { selectorOf, signatureOf } from "./contract-model.ts"
import { MethodReader } from "./read-methods.ts"
import { StateReader } from "./read-state.ts"
import { type Problem, Problems, takeDecorators } from "./source-problems.ts"

/** A method whose body is to be written. */
export type MethodToFill = {
  readonly kind: "callback" | "event" | "error"
  readonly declaration: MethodDeclaration
  readonly signed: Signed
}
/** A field whose value is to be written. */
export type FieldToFill = { readonly declaration: FieldDeclaration; readonly variable: StateVariable }

export type ReadSource = {
  readonly contract: { readonly model: ContractModel; readonly source: Source } | undefined
  readonly methods: readonly MethodToFill[]
  readonly fields: readonly FieldToFill[]
  readonly problems: readonly Problem[]
}

const CLASS_DECORATORS = ["contract", "ethereum"]
const METHOD_DECORATORS = ["construct", "call", "view", "payable", "event", "error"]
const FIELD_DECORATORS = ["publicState"]

/** Reads the contract class and the Ethereum contracts out of the user's sources, and removes our decorators from them. */
export function readSources(sources: readonly Source[]): ReadSource {
  return new ContractReader().read(sources)
}

class ContractReader {
  readonly #problems = new Problems()
  readonly #methodReader = new MethodReader(this.#problems)
  readonly #methods: MethodToFill[] = []
  readonly #fields: FieldToFill[] = []
  readonly #ethereum: EthereumInterface[] = []
  #contract: { model: ContractModel; source: Source } | undefined

  read(sources: readonly Source[]): ReadSource {
    const own = sources.filter(isOwn)
    for (const source of own)
      for (const statement of source.statements)
        if (statement.kind === NodeKind.ClassDeclaration) this.#class(statement as ClassDeclaration, source)
    const problems = this.#problems.all
    const entry = own.find((source) => source.sourceKind === SourceKind.UserEntry)
    if (this.#contract === undefined && problems.length === 0 && entry !== undefined)
      problems.push({ file: entry.normalizedPath, line: 1, column: 1, ...NO_CONTRACT })
    return { contract: this.#contract, methods: this.#methods, fields: this.#fields, problems }
  }

  #class(declaration: ClassDeclaration, source: Source): void {
    const names = takeDecorators(declaration, CLASS_DECORATORS)
    if (names.has("ethereum")) this.#ethereumClass(declaration)
    if (!names.has("contract")) return
    if (this.#contract !== undefined)
      this.#problems.add(declaration, "There are two contracts.", "Keep one class with @contract a program.")
    else this.#contract = { model: this.#model(declaration), source }
  }

  #ethereumClass(declaration: ClassDeclaration): void {
    const name = declaration.name.text
    if (declaration.extendsType?.name.identifier.text !== "EthereumContract")
      this.#problems.add(
        declaration,
        `Class ${name} cannot make calls.`,
        `Write: class ${name} extends EthereumContract.`,
      )
    const functions = methodsOf(declaration).map((method) => this.#toFill(method, "callback"))
    this.#checkHashes(declaration, functions, "selector")
    this.#ethereum.push({ name, functions })
  }

  #toFill(declaration: MethodDeclaration, kind: MethodToFill["kind"]): Signed {
    const signed = this.#methodReader.declared(declaration, kind)
    this.#methods.push({ kind, declaration, signed })
    return signed
  }

  #model(declaration: ClassDeclaration): ContractModel {
    const className = declaration.name.text
    if (!declaration.is(CommonFlags.Export))
      this.#problems.add(declaration, `Contract ${className} is not exported.`, `Write: export class ${className}.`)
    const state = this.#state(declaration)
    const methods = this.#contractMethods(declaration)
    this.#checkHashes(declaration, methods.functions, "selector")
    this.#checkHashes(declaration, methods.events, "topic")
    this.#checkHashes(declaration, methods.errors, "selector")
    if (methods.functions.length === 0)
      this.#problems.add(
        declaration,
        `Contract ${className} has no functions.`,
        "Write @call or @view before the methods users may call.",
      )
    return { className, state, ...methods, ethereum: this.#ethereum }
  }

  #state(declaration: ClassDeclaration): readonly StateVariable[] {
    const reader = new StateReader(this.#problems, this.#methodReader)
    const fields = declaration.members.filter((member) => isKind<FieldDeclaration>(member, NodeKind.FieldDeclaration))
    return fields.flatMap((field) => {
      const read = reader.read(field, takeDecorators(field, FIELD_DECORATORS).has("publicState"))
      if (read?.toFill !== undefined) this.#fields.push({ declaration: read.toFill, variable: read.variable })
      return read === undefined ? [] : [read.variable]
    })
  }

  #contractMethods(declaration: ClassDeclaration): ReadMethods {
    const found: ReadMethods = { construct: undefined, functions: [], events: [], errors: [] }
    for (const method of methodsOf(declaration)) {
      const names = takeDecorators(method, METHOD_DECORATORS)
      if (method.name.kind === NodeKind.Constructor) this.#checkConstructor(method)
      else if (names.has("event")) found.events.push(this.#toFill(method, "event"))
      else if (names.has("error")) found.errors.push(this.#toFill(method, "error"))
      else if (names.size > 0) this.#function(method, names, found)
    }
    return found
  }

  #function(method: MethodDeclaration, names: ReadonlySet<string>, found: ReadMethods): void {
    const f = this.#methodReader.function(method, names)
    if (!names.has("construct")) found.functions.push(f)
    else if (found.construct === undefined) found.construct = f
    else this.#problems.add(method, "There are two constructors.", "Keep one method with @construct.")
  }

  #checkConstructor(method: MethodDeclaration): void {
    if (method.signature.parameters.length === 0) return
    this.#problems.add(
      method,
      "The constructor of the class runs in every call and has no arguments.",
      "Put what happens at deployment into a method with @construct.",
    )
  }

  #checkHashes(declaration: ClassDeclaration, all: readonly Signed[], what: "selector" | "topic"): void {
    const seen = new Map<string, string>()
    for (const signature of all.map(signatureOf)) {
      const hash = what === "selector" ? selectorOf(signature) : signature
      const other = seen.get(hash)
      if (other !== undefined)
        this.#problems.add(declaration, `${signature} and ${other} have the same ${what}.`, "Rename one of them.")
      seen.set(hash, signature)
    }
  }
}

type ReadMethods = {
  construct: ContractFunction | undefined
  readonly functions: ContractFunction[]
  readonly events: Signed[]
  readonly errors: Signed[]
}

const NO_CONTRACT = { problem: "There is no contract.", fix: "Write @contract before the class that is one." }

/** The runtime's own entry has the kind of a user's. */
const isOwn = ({ sourceKind, normalizedPath }: Source): boolean =>
  (sourceKind === SourceKind.User || sourceKind === SourceKind.UserEntry) && !normalizedPath.startsWith("~lib/")

const isKind = <T extends DeclarationStatement>(member: DeclarationStatement, kind: number): member is T =>
  member.kind === kind

const methodsOf = (declaration: ClassDeclaration): readonly MethodDeclaration[] =>
  declaration.members.filter((member) => isKind<MethodDeclaration>(member, NodeKind.MethodDeclaration))
