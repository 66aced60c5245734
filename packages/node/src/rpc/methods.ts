/** The gateway's methods (PROTOCOL §10): schema, price, and who does the work. */
import {
  decodeSealedQuery,
  fromHex,
  GATEWAY_METHODS,
  type GatewayMethod,
  MAX_CODE_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_SEALED_QUERY_BYTES,
  toHex,
} from "@enigma-discovery/protocol"
import { z } from "zod"
import type { GatewayBackend } from "./backend.ts"
import { type Method, type Methods, method } from "./dispatch.ts"

const hex = (min: number, max: number) =>
  z
    .string()
    .max(2 * max + 2)
    .regex(/^0x([0-9a-fA-F]{2})*$/, "must be 0x and whole bytes of hexadecimal")
    .transform((value) => fromHex(value))
    .refine((bytes) => bytes.length >= min && bytes.length <= max, `must have ${min} to ${max} bytes`)
const address = hex(20, 20)
const hash = hex(32, 32)
const index = z.int().min(0).max(0xffff_ffff)
const sealedQuery = hex(1, MAX_SEALED_QUERY_BYTES).refine(isSealedQuery, "must be a sealed query (PROTOCOL §6.6)")
const hexOrNull = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : toHex(bytes))

function isSealedQuery(raw: Uint8Array): boolean {
  try {
    decodeSealedQuery(raw)
    return true
  } catch {
    return false
  }
}

export function gatewayMethods(backend: GatewayBackend): Methods {
  const table: Record<GatewayMethod, Method> = {
    [GATEWAY_METHODS.status]: method(z.tuple([]), 1, async () => backend.status()),
    [GATEWAY_METHODS.keyStatement]: method(z.tuple([address]), 5, async ([contract], signal) =>
      toHex(await backend.keyStatement(contract, signal)),
    ),
    [GATEWAY_METHODS.submitCode]: method(z.tuple([hex(8, MAX_CODE_BYTES)]), 50, async ([code], signal) =>
      toHex(await backend.submitCode(code, signal)),
    ),
    [GATEWAY_METHODS.submitEnvelope]: method(
      z.tuple([address, address, hex(1, MAX_ENVELOPE_BYTES)]),
      10,
      async ([contract, sender, envelope], signal) =>
        toHex(await backend.submitEnvelope(contract, sender, envelope, signal)),
    ),
    [GATEWAY_METHODS.taskResult]: method(z.tuple([address, index]), 1, async ([contract, at], signal) =>
      hexOrNull(await backend.taskResult(contract, at, signal)),
    ),
    [GATEWAY_METHODS.receipt]: method(z.tuple([address, index]), 2, ([contract, at], signal) =>
      backend.receipt(contract, at, signal),
    ),
    [GATEWAY_METHODS.query]: method(z.tuple([address, sealedQuery]), 5, async ([contract, query], signal) =>
      toHex(await backend.query(contract, query, signal)),
    ),
    [GATEWAY_METHODS.code]: method(z.tuple([hash]), 10, async ([codeHash], signal) =>
      hexOrNull(await backend.code(codeHash, signal)),
    ),
  }
  return new Map(Object.entries(table))
}
