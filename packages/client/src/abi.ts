/**
 * The ABI JSON of a secret contract (Solidity's format), and what TypeScript can tell from it when it is a literal
 * (`as const`): names of functions, types of arguments and of the result.
 */
import type { Hex } from "@enigma-discovery/protocol"

export interface AbiParameter {
  readonly name: string
  readonly type: string
  readonly components?: readonly AbiParameter[]
}
export interface AbiItem {
  readonly type: string
  readonly name?: string
  readonly inputs?: readonly AbiParameter[]
  readonly outputs?: readonly AbiParameter[]
  readonly stateMutability?: string
}
export type Abi = readonly AbiItem[]

/** Bytes are given as Uint8Array or 0x-hex; they come back as 0x-hex. */
export type BytesLike = Uint8Array | Hex

type FunctionItem<A extends Abi> = Extract<A[number], { readonly type: "function" }>
/** Names of the functions; `string` when the ABI is not a literal. */
export type FunctionName<A extends Abi> = [FunctionItem<A>] extends [never]
  ? string
  : FunctionItem<A> extends { readonly name: infer N extends string }
    ? N
    : string

type ViewItem<A extends Abi> = Extract<FunctionItem<A>, { readonly stateMutability: "view" | "pure" }>
/** Names of the functions that change nothing and can be asked by a query; `string` when the ABI is not a literal. */
export type ViewName<A extends Abi> = [FunctionItem<A>] extends [never]
  ? string
  : ViewItem<A> extends { readonly name: infer N extends string }
    ? N
    : never

type ItemNamed<A extends Abi, N extends string> = Extract<FunctionItem<A>, { readonly name: N }>

/** Arguments of a function as a tuple; `readonly unknown[]` when the ABI is not a literal. */
export type FunctionArgs<A extends Abi, N extends string> =
  ItemNamed<A, N> extends { readonly inputs: infer I extends readonly AbiParameter[] }
    ? InputsOf<I>
    : readonly unknown[]

/** Arguments of the constructor; `readonly []` for a literal ABI without one. */
export type ConstructorArgs<A extends Abi> = [ConstructorItem<A>] extends [never]
  ? string extends A[number]["type"]
    ? readonly unknown[]
    : readonly []
  : ConstructorItem<A> extends { readonly inputs: infer I extends readonly AbiParameter[] }
    ? InputsOf<I>
    : readonly []
type ConstructorItem<A extends Abi> = Extract<A[number], { readonly type: "constructor" }>

/** Result of a function: nothing, the one value, or a tuple; `unknown` when the ABI is not a literal. */
export type FunctionResult<A extends Abi, N extends string> = [ItemNamed<A, N>] extends [never]
  ? unknown
  : ItemNamed<A, N> extends { readonly outputs: infer O extends readonly AbiParameter[] }
    ? O extends readonly []
      ? undefined
      : O extends readonly [infer One extends AbiParameter]
        ? ValueOf<One, "out">
        : { readonly [K in keyof O]: O[K] extends AbiParameter ? ValueOf<O[K], "out"> : never }
    : unknown

type InputsOf<I extends readonly AbiParameter[]> = {
  readonly [K in keyof I]: I[K] extends AbiParameter ? ValueOf<I[K], "in"> : never
}

type Direction = "in" | "out"
/** `string` as a type name means that the ABI is not a literal. */
type ValueOf<P extends AbiParameter, D extends Direction> = string extends P["type"]
  ? unknown
  : TypeValue<P["type"], P, D>

type TypeValue<T extends string, P extends AbiParameter, D extends Direction> = T extends `${infer Item}[${string}]`
  ? ArrayValue<T, Item, P, D>
  : T extends "tuple"
    ? TupleValue<P, D>
    : T extends "bool"
      ? boolean
      : T extends "string"
        ? string
        : T extends "address"
          ? D extends "in"
            ? string
            : Hex
          : T extends `uint${string}` | `int${string}`
            ? D extends "in"
              ? bigint | number
              : bigint
            : T extends `bytes${string}`
              ? D extends "in"
                ? BytesLike
                : Hex
              : unknown

/** Cuts the last pair of brackets, so that `uint8[2][]` is an array of `uint8[2]`. */
type ArrayValue<
  T extends string,
  Item extends string,
  P extends AbiParameter,
  D extends Direction,
> = T extends `${Item}[${infer Size}]`
  ? Size extends `${string}[${string}`
    ? readonly TypeValue<WithoutLast<T>, P, D>[]
    : readonly TypeValue<Item, P, D>[]
  : never
type WithoutLast<T extends string> = T extends `${infer Head}[${infer Rest}`
  ? Rest extends `${string}[${string}`
    ? `${Head}[${WithoutLast<Rest>}`
    : Head
  : T

type TupleValue<P extends AbiParameter, D extends Direction> = P extends {
  readonly components: infer C extends readonly AbiParameter[]
}
  ? { readonly [K in C[number] as K["name"]]: ValueOf<K, D> }
  : unknown
