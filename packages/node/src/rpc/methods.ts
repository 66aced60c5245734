/** The gateway's methods (PROTOCOL §10): schema, price, and who does the work. */
import {
  type CommittedReceipt,
  fromHex,
  GATEWAY_METHODS,
  type GatewayMethod,
  type GatewayStatus,
  MAX_CODE_BYTES,
  MAX_ENVELOPE_BYTES,
  toHex,
} from "@enigma-discovery/protocol"
import { z } from "zod"
import { type Method, type Methods, method } from "./dispatch.ts"

/** Who answers. Absent is undefined; refusals are RpcErrors. */
export interface GatewayBackend {
  status(): Promise<GatewayStatus>
  /** Encoded REQUESTS.keyStatement.response. */
  keyStatement(contract: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Keccak-256 of the code. */
  submitCode(code: Uint8Array): Promise<Uint8Array>
  /** Keccak-256 of the envelope. */
  submitEnvelope(contract: Uint8Array, sender: Uint8Array, envelope: Uint8Array): Promise<Uint8Array>
  /** Encoded TaskResult. */
  taskResult(contract: Uint8Array, index: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  receipt(contract: Uint8Array, index: number, signal: AbortSignal): Promise<CommittedReceipt | undefined>
  code(codeHash: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined>
}

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
const hexOrNull = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : toHex(bytes))

export function gatewayMethods(backend: GatewayBackend): Methods {
  const table: Record<GatewayMethod, Method> = {
    [GATEWAY_METHODS.status]: method(z.tuple([]), 1, () => backend.status()),
    [GATEWAY_METHODS.keyStatement]: method(z.tuple([address]), 5, async ([contract], signal) =>
      toHex(await backend.keyStatement(contract, signal)),
    ),
    [GATEWAY_METHODS.submitCode]: method(z.tuple([hex(8, MAX_CODE_BYTES)]), 50, async ([code]) =>
      toHex(await backend.submitCode(code)),
    ),
    [GATEWAY_METHODS.submitEnvelope]: method(
      z.tuple([address, address, hex(1, MAX_ENVELOPE_BYTES)]),
      10,
      async ([contract, sender, envelope]) => toHex(await backend.submitEnvelope(contract, sender, envelope)),
    ),
    [GATEWAY_METHODS.taskResult]: method(z.tuple([address, index]), 1, async ([contract, at], signal) =>
      hexOrNull(await backend.taskResult(contract, at, signal)),
    ),
    [GATEWAY_METHODS.receipt]: method(z.tuple([address, index]), 2, ([contract, at], signal) =>
      backend.receipt(contract, at, signal),
    ),
    [GATEWAY_METHODS.code]: method(z.tuple([hash]), 10, async ([codeHash], signal) =>
      hexOrNull(await backend.code(codeHash, signal)),
    ),
  }
  return new Map(Object.entries(table))
}
