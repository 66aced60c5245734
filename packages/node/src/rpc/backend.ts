import type { CommittedReceipt, GatewayStatus } from "@enigma-discovery/protocol"

/**
 * Who stands behind the gateway's methods. Arguments have passed their schema: addresses and hashes have their length, code and
 * envelopes their bounds. Absent is `undefined`. What a caller should hear is thrown as an `RpcError`; any other error is
 * the node's own fault, of which the caller learns a reference only. `signal` ends when the caller has gone or the node stops.
 */
export interface GatewayBackend {
  status(): GatewayStatus | Promise<GatewayStatus>
  /** Encoded REQUESTS.keyStatement.response: of this node's enclave, or asked of the drawn worker. */
  keyStatement(contract: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Keccak-256 of the code. */
  submitCode(code: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Keccak-256 of the envelope. */
  submitEnvelope(
    contract: Uint8Array,
    sender: Uint8Array,
    envelope: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array>
  /** Encoded TaskResult. */
  taskResult(contract: Uint8Array, index: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  receipt(contract: Uint8Array, index: number, signal: AbortSignal): Promise<CommittedReceipt | undefined>
  /** The sealed answer of the drawn worker's enclave; the query has its form, and nothing more is known of it. */
  query(contract: Uint8Array, query: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  code(codeHash: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined>
}
