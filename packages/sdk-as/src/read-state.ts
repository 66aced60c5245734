import type { Expression, FieldDeclaration, NewExpression } from "assemblyscript"
import { CommonFlags, LiteralKind, NodeKind } from "./compiler-enums.ts"
import type { StateKind, StateVariable } from "./contract-model.ts"
import type { MethodReader } from "./read-methods.ts"
import { type Problems, typeArguments, typeName } from "./source-problems.ts"

const KINDS: Readonly<Record<string, StateKind>> = { Value: "value", Mapping: "mapping", List: "list" }

/** A variable of the state, and its field when the compiler has still to make its value. */
export type ReadVariable = { readonly variable: StateVariable; readonly toFill: FieldDeclaration | undefined }

/** Reads the fields of the contract's class that are state: `name: Value<T>`, `Mapping<K, V>` or `List<T>`. */
export class StateReader {
  readonly #problems: Problems
  readonly #methods: MethodReader
  readonly #seen = new Map<string, string>()
  constructor(problems: Problems, methods: MethodReader) {
    this.#problems = problems
    this.#methods = methods
  }

  read(field: FieldDeclaration, isPublic: boolean): ReadVariable | undefined {
    const name = field.name.text
    const made = field.initializer
    const shape = shapeOf(field)
    if (field.is(CommonFlags.Static) || shape === undefined) {
      if (isPublic || (made === null && !field.is(CommonFlags.Static))) this.#noState(field, name)
      return undefined
    }
    const [first, second] = shape.types
    if (shape.types.length !== (shape.kind === "mapping" ? 2 : 1)) {
      this.#problems.add(field, `${name} does not say what it holds.`, WRITE_TYPES[shape.kind])
      return undefined
    }
    const key = shape.kind === "mapping" ? this.#methods.type(first!, `The key of ${name} is`) : undefined
    const value = this.#methods.type(shape.kind === "mapping" ? second! : first!, `${name} holds a value`)
    const given = made === null ? { name, isPublic } : this.#given(field, made, isPublic)
    if (given === undefined) return undefined
    this.#checkName(field, given.name)
    return { variable: { ...given, kind: shape.kind, key, value }, toFill: made === null ? field : undefined }
  }

  #noState(field: FieldDeclaration, name: string): void {
    this.#problems.add(
      field,
      `Field ${name} is no state: it would be gone after the call.`,
      "Write Value<T>, Mapping<K, V> or List<T>; for what one call needs, a local variable or a field with a value.",
    )
  }

  /** Name and openness of `= new Value<T>("name", true)`; both must be literals, so that the ABI can tell them. */
  #given(field: FieldDeclaration, made: Expression, isPublic: boolean): Given | undefined {
    if (isPublic) {
      this.#problems.add(field, "@publicState and a value are given.", "Remove what stands after =.")
      return undefined
    }
    const [name, open] = (made as NewExpression).args ?? []
    const openText = open?.range.toString() ?? "false"
    const isText = name?.kind === NodeKind.Literal && literalKind(name) === LiteralKind.String
    if (isText && (openText === "true" || openText === "false"))
      return { name: (name as unknown as { value: string }).value, isPublic: openText === "true" }
    this.#problems.add(
      field,
      `The name of ${field.name.text} is not a literal.`,
      'Remove what stands after =, or write the name as "text".',
    )
    return undefined
  }

  #checkName(field: FieldDeclaration, name: string): void {
    const other = this.#seen.get(name)
    if (other !== undefined)
      this.#problems.add(field, `${field.name.text} and ${other} keep their entries under one name.`, "Rename one.")
    if (name === "" || name.includes("\0") || Buffer.byteLength(name) > MAX_NAME_BYTES)
      this.#problems.add(
        field,
        `The name of ${field.name.text} cannot start a key.`,
        `Use 1 to ${MAX_NAME_BYTES} bytes without a zero character.`,
      )
    this.#seen.set(name, field.name.text)
  }
}

type Given = Pick<StateVariable, "name" | "isPublic">

/** Leaves most of a key's 256 bytes to the keys of a mapping. */
const MAX_NAME_BYTES = 64

const WRITE_TYPES: Readonly<Record<StateKind, string>> = {
  value: "Write Value<T>, as Value<u256>.",
  mapping: "Write Mapping<K, V>, as Mapping<Address, u256>.",
  list: "Write List<T>, as List<Address>.",
}

const literalKind = (node: unknown): number => (node as { literalKind: number }).literalKind

/** What the field's type says, or what the `new` it starts with does. */
function shapeOf(field: FieldDeclaration) {
  const kind = KINDS[typeName(field.type)]
  if (kind !== undefined) return { kind, types: typeArguments(field.type) }
  if (field.type !== null || field.initializer?.kind !== NodeKind.New) return undefined
  const made = field.initializer as NewExpression
  const kindMade = KINDS[made.typeName.identifier.text]
  return kindMade === undefined ? undefined : { kind: kindMade, types: made.typeArguments ?? [] }
}
