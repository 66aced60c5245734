import type { MethodDeclaration, TypeNode } from "assemblyscript"
import { CommonFlags } from "./compiler-enums.ts"
import type { ContractFunction, Parameter, Signed } from "./contract-model.ts"
import { type AbiType, abiTypeOf } from "./solidity-types.ts"
import { type Problems, typeName } from "./source-problems.ts"

/** A revert carries at most 1,024 characters of text: 0x, a selector and 15 words in hexadecimal. */
const MAX_ERROR_PARAMETERS = 15

/** Reads methods into what the ABI says of them. */
export class MethodReader {
  readonly #problems: Problems
  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** A method with @construct, @call or @view. */
  function(method: MethodDeclaration, decorators: ReadonlySet<string>): ContractFunction {
    const name = method.name.text
    this.#checkKind(method, decorators)
    if (method.is(CommonFlags.Static) || method.is(CommonFlags.Private) || method.is(CommonFlags.Protected))
      this.#problems.add(method, `${name} is not a public method.`, "Remove static, private or protected.")
    if (method.isAny(CommonFlags.Get | CommonFlags.Set))
      this.#problems.add(method, `${name} is an accessor.`, "Write it as a method.")
    if (method.typeParameters !== null) this.#problems.add(method, `${name} is generic.`, "Write the types out.")
    const returns = method.signature.returnType
    const result = typeName(returns) === "void" ? undefined : this.type(returns, `${name} returns a value`)
    if (decorators.has("construct") && result !== undefined)
      this.#problems.add(method, "A constructor returns nothing.", "Write void.")
    const mutability = decorators.has("payable") ? "payable" : decorators.has("view") ? "view" : "nonpayable"
    return { name, parameters: this.parameters(method), result, mutability }
  }

  #checkKind(method: MethodDeclaration, decorators: ReadonlySet<string>): void {
    const name = method.name.text
    const kinds = ["construct", "call", "view"].filter((kind) => decorators.has(kind))
    if (kinds.length !== 1)
      this.#problems.add(
        method,
        `${name} is marked ${kinds.map((kind) => `@${kind}`).join(" and ") || "@payable alone"}.`,
        "Write exactly one of @construct, @call and @view.",
      )
    if (decorators.has("payable") && decorators.has("view"))
      this.#problems.add(method, `${name} is a view and cannot be paid.`, "Write @call for @view, or remove @payable.")
  }

  /** A method whose body the compiler writes: of an @ethereum class, an @event, an @error. */
  declared(method: MethodDeclaration, what: "callback" | "event" | "error"): Signed {
    const name = method.name.text
    if (typeName(method.signature.returnType) !== "void")
      this.#problems.add(method, `${name} returns a value.`, WHY_VOID[what])
    if ((method.body as { statements?: readonly unknown[] } | null)?.statements?.length !== 0)
      this.#problems.add(method, `${name} has a body.`, "The compiler writes it: leave {} empty.")
    const parameters = this.parameters(method)
    if (what === "error") this.#checkError(method, parameters)
    return { name, parameters }
  }

  #checkError(method: MethodDeclaration, parameters: readonly Parameter[]): void {
    const name = method.name.text
    if (parameters.length > MAX_ERROR_PARAMETERS)
      this.#problems.add(method, `${name} has ${parameters.length} parameters.`, `Keep ${MAX_ERROR_PARAMETERS}.`)
    for (const { name: parameter, type } of parameters)
      if (type.isDynamic)
        this.#problems.add(
          method,
          `Parameter ${parameter} of the error ${name} has no fixed size.`,
          'Give numbers, addresses and hashes only, or write revert("...") with a text.',
        )
  }

  parameters(method: MethodDeclaration): readonly Parameter[] {
    return method.signature.parameters.map((parameter) => {
      const name = parameter.name.text
      if (parameter.initializer !== null)
        this.#problems.add(
          parameter,
          `Parameter ${name} has a default value.`,
          "Callers always give every argument: remove it.",
        )
      return { name, type: this.type(parameter.type, `Parameter ${name} is`) }
    })
  }

  type(node: TypeNode, what: string): AbiType {
    const type = abiTypeOf(node)
    if (!("fix" in type)) return type
    this.#problems.add(node, `${what} of type ${node.range.toString()}, which has no form in the ABI.`, type.fix)
    return { solidity: "bytes", assemblyScript: "Bytes", isDynamic: true }
  }
}

const WHY_VOID = {
  callback: "Callbacks run after the task has ended: write void.",
  event: "An event returns nothing: write void.",
  error: "An error ends the call: write void.",
} as const
