/**
 * Typed errors, one catalogue a package. A code is stable and is what tests and callers look at; the sentence says
 * what happened and what to do. Data never holds secrets: only numbers, strings, booleans and bigints that the message
 * names or a caller needs.
 */
export type ErrorData = Readonly<Record<string, string | number | bigint | boolean | undefined>>

export class EnigmaError<Code extends string = string> extends Error {
  readonly code: Code
  readonly data: ErrorData
  constructor(scope: string, code: Code, message: string, data: ErrorData, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = `${scope}_${code}`
    this.code = code
    this.data = data
  }
}

type Holes<S extends string> = S extends `${string}{${infer K}}${infer Rest}` ? K | Holes<Rest> : never
type DataFor<S extends string> = [Holes<S>] extends [never]
  ? ErrorData
  : Record<Holes<S>, string | number | bigint | boolean> & ErrorData
type MakeArguments<S extends string> = [Holes<S>] extends [never]
  ? [data?: ErrorData, options?: { cause?: unknown }]
  : [data: DataFor<S>, options?: { cause?: unknown }]

/** A catalogue as `defineErrors` makes it; named, so that other packages can emit declarations that mention it. */
export interface ErrorCatalogue<S extends string, C extends Record<string, string>> {
  readonly scope: S
  readonly catalogue: C
  make<K extends keyof C & string>(code: K, ...args: MakeArguments<C[K]>): EnigmaError<K>
  is<K extends keyof C & string>(error: unknown, code?: K): error is EnigmaError<K>
}

/**
 * Makes a package's catalogue: `defineErrors("RUNTIME", { CODE_TOO_LARGE: "Code is {got} bytes; at most {max} fit." })`.
 * `make(code, data, { cause })` builds an error whose data holds every {hole} of its sentence; `is(e, code?)` guards by
 * scope and code, also across copies of this module.
 */
export function defineErrors<const S extends string, const C extends Record<string, string>>(
  scope: S,
  catalogue: C,
): ErrorCatalogue<S, C> {
  type Code = keyof C & string
  const make = <K extends Code>(code: K, ...[data, options]: MakeArguments<C[K]>): EnigmaError<K> => {
    const values: ErrorData = data ?? {}
    const message = (catalogue[code] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
    return new EnigmaError(scope, code, message, values, options?.cause)
  }
  const is = <K extends Code>(error: unknown, code?: K): error is EnigmaError<K> =>
    error instanceof Error &&
    "code" in error &&
    (code === undefined ? error.name.startsWith(`${scope}_`) : error.name === `${scope}_${code}`)
  return { scope, catalogue, make, is }
}

/** Errors of reading and writing bytes. */
export const protocolErrors = defineErrors("PROTOCOL", {
  TOO_LARGE: "{what} is {got} bytes; at most {max} are accepted.",
  TOO_SHORT: "{what} ends before its {needed} bytes.",
  TRAILING_BYTES: "{what} has {extra} bytes after its end; one value has one encoding.",
  UNKNOWN_VERSION: "{what} has version {got}; this build reads version {want}.",
  UNKNOWN_KIND: "{what} has kind {got}, which is not in the specification.",
  BAD_LENGTH: "{what} must be {want} bytes, not {got}.",
  OUT_OF_RANGE: "{what} is {got}; it must be from {min} to {max}.",
  BAD_HEX: "{what} is not 0x-prefixed hexadecimal of whole bytes.",
  NOT_CANONICAL: "{what} is not in its one canonical form.",
})
