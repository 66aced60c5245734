import { cryptoErrors } from "@enigma-discovery/crypto"
import {
  type Decoded,
  EnigmaError,
  type ErrorData,
  list,
  protocolErrors,
  struct,
  text,
  u8,
} from "@enigma-discovery/protocol"
import { verifyErrors } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"

const MAX_TEXT_BYTES = 256
const VALUE_KIND = { string: 0, number: 1, bigint: 2, boolean: 3 } as const

/** An error as it crosses the pipe: its code and data. No sentence and no cause: those could quote what must stay inside. */
export const WireErrorCodec = struct("error", {
  scope: text(32),
  code: text(64),
  data: list(struct("error value", { name: text(64), kind: u8, value: text(MAX_TEXT_BYTES) }), 16),
})
export type WireError = Decoded<typeof WireErrorCodec>

interface Catalogue {
  readonly scope: string
  readonly catalogue: Readonly<Record<string, string>>
}

const CATALOGUES: readonly Catalogue[] = [enclaveErrors, verifyErrors, protocolErrors, cryptoErrors]

/** Errors of known catalogues cross as they are; anything else is a fault whose text stays inside. */
export function toWire(error: unknown, call: string): WireError {
  if (!(error instanceof EnigmaError)) return toWire(enclaveErrors.make("INTERNAL", { call }), call)
  const { name, code, data } = error
  const known = CATALOGUES.find(({ scope, catalogue }) => name === `${scope}_${code}` && Object.hasOwn(catalogue, code))
  if (known === undefined) return toWire(enclaveErrors.make("INTERNAL", { call }), call)
  return { scope: known.scope, code, data: dataOf(data) }
}

/** The error again, with the sentence of its catalogue. */
export function fromWire({ scope, code, data }: WireError): Error {
  const catalogue = CATALOGUES.find((known) => known.scope === scope)?.catalogue
  const values = Object.fromEntries(data.map(({ name, kind, value }) => [name, readValue(kind, value)]))
  const sentence = catalogue !== undefined && Object.hasOwn(catalogue, code) ? catalogue[code]! : code
  const message = sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
  return new EnigmaError(scope, code, message, values)
}

const dataOf = (data: ErrorData | undefined): WireError["data"] =>
  Object.entries(data ?? {}).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ name, kind: VALUE_KIND[typeof value as keyof typeof VALUE_KIND], value: String(value).slice(0, 64) }],
  )

function readValue(kind: number, value: string): string | number | bigint | boolean {
  if (kind === VALUE_KIND.number) return Number(value)
  if (kind === VALUE_KIND.bigint) return /^-?\d+$/.test(value) ? BigInt(value) : 0n
  return kind === VALUE_KIND.boolean ? value === "true" : value
}
