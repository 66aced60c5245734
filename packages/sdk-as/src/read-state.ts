import type { Expression, FieldDeclaration, NewExpression, TypeNode } from "assemblyscript"
import { CommonFlags, LiteralKind, NodeKind } from "./compiler-enums.ts"
import type { StateKind, StateVariable } from "./contract-model.ts"
import type { MethodReader } from "./read-methods.ts"
import { type Problems, typeArguments, typeName } from "./source-problems.ts"

/** What holds state, and how many types of keys it names before the type of its value. */
const HOLDERS: Readonly<Record<string, Holder>> = {
  Value: { kind: "value", keys: 0, write: "Write Value<T>, as Value<u256>." },
  Mapping: { kind: "mapping", keys: 1, write: "Write Mapping<K, V>, as Mapping<Address, u256>." },
  Mapping2: { kind: "mapping", keys: 2, write: "Write Mapping2<K, L, V>, as Mapping2<Address, Address, u256>." },
  List: { kind: "list", keys: 0, write: "Write List<T>, as List<Address>." },
}
type Holder = { readonly kind: StateKind; readonly keys: number; readonly write: string }

/** A variable of the state, and its field when the compiler has still to make its value. */
export type ReadVariable = { readonly variable: StateVariable; readonly toFill: FieldDeclaration | undefined }

/** Reads the fields of the contract's class that are state: `name: Value<T>` and the like. */
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
    const { holder, types } = shape
    if (types.length !== holder.keys + 1) {
      this.#problems.add(field, `${name} does not say what it holds.`, holder.write)
      return undefined
    }
    const keys = types.slice(0, -1).map((type) => this.#methods.type(type, `A key of ${name} is`))
    const value = this.#methods.type(types.at(-1)!, `${name} holds a value`)
    const given = made === null ? { name, isPublic } : this.#given(field, made, isPublic)
    if (given === undefined) return undefined
    this.#checkName(field, given.name)
    return { variable: { ...given, kind: holder.kind, keys, value }, toFill: made === null ? field : undefined }
  }

  #noState(field: FieldDeclaration, name: string): void {
    this.#problems.add(
      field,
      `Field ${name} is no state: it would be gone after the call.`,
      "Write Value<T>, Mapping<K, V>, Mapping2<K, L, V> or List<T>; for what one call needs, a local variable or a field with a value.",
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

const literalKind = (node: unknown): number => (node as { literalKind: number }).literalKind

const shapeOf = ({ type }: FieldDeclaration): Shape | undefined =>
  Object.hasOwn(HOLDERS, typeName(type)) ? { holder: HOLDERS[typeName(type)]!, types: typeArguments(type) } : undefined

type Shape = { readonly holder: Holder; readonly types: readonly TypeNode[] }
