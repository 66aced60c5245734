import type { PreparedModule } from "./prepare.ts"

export type { PreparedModule }

export type Profile = "bare" | "wasi"

/**
 * The contract's state while one call runs. The caller owns rollback: after any outcome but success it drops what was
 * set and removed. Keys are 1 to MAX_KEY_BYTES bytes, ordered as unsigned bytes. The runtime hands over fresh copies and
 * does not change what it is given. A limit of the state itself is told by throwing `stateRefusal(message)`: the call ends
 * as reverted with that message. Anything else that is thrown is a fault of the host and passes through `call`.
 */
export type HostState = {
  get(key: Uint8Array): Uint8Array | undefined
  set(key: Uint8Array, value: Uint8Array, isPublic: boolean): void
  remove(key: Uint8Array): void
  /** Entry with the smallest key that starts with `prefix` and is greater than `after` (or the smallest at all). */
  next(
    prefix: Uint8Array,
    after: Uint8Array | undefined,
  ): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined
}

/** What the call is about; the bytes come from the proven record. */
export type CallContext = {
  /** 20 bytes. */
  readonly contract: Uint8Array
  /** 20 bytes. */
  readonly sender: Uint8Array
  /** 32 bytes. */
  readonly taskId: Uint8Array
  readonly blockNumber: bigint
  /** Seconds since 1970. */
  readonly timestamp: bigint
  /** 20 bytes; zero is ETH. */
  readonly token: Uint8Array
  /** In the token's smallest unit, below 2^256. */
  readonly amount: bigint
  /** At most MAX_CALLDATA_BYTES. */
  readonly calldata: Uint8Array
  /** "construct" runs the deployment, "call" a task, "query" a read whose changes the caller drops. */
  readonly kind: "construct" | "call" | "query"
}

/**
 * Cryptography of the enclave: the runtime has no key and no algorithm of its own. Every function is total on inputs of
 * the stated lengths: wrong signatures and boxes give false or undefined, never an exception.
 */
export type HostCrypto = {
  /** @returns 32 bytes */
  keccak256(data: Uint8Array): Uint8Array
  /** @returns 32 bytes */
  sha256(data: Uint8Array): Uint8Array
  /** @param signature r | s, 64 bytes, s low. @param recovery 0 or 1. @returns the signer's address, 20 bytes */
  recoverSecp256k1(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | undefined
  /** @param signature r | s, 64 bytes, s low. @param publicKey 33 or 65 bytes */
  verifySecp256k1(hash: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
  verifyEd25519(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
  /** AES-256-GCM. @returns ciphertext | tag(16) */
  aesGcmSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array
  aesGcmOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array | undefined
  /** The next `n` bytes of the task's own stream: the same bytes whenever the task runs again. */
  random(n: number): Uint8Array
}

/** A call of an Ethereum contract, in the order the contract asked for it. */
export type Callback = {
  /** 20 bytes. */
  readonly target: Uint8Array
  readonly data: Uint8Array
}

/** How a call ended. Gas is never above the limit; all but success and revert take all of it. */
export type CallOutcome =
  | {
      readonly kind: "success"
      readonly returnData: Uint8Array
      readonly gasUsed: bigint
      readonly callbacks: readonly Callback[]
      readonly events: readonly Uint8Array[]
      readonly debug: readonly string[]
    }
  | { readonly kind: "reverted"; readonly message: string; readonly gasUsed: bigint; readonly debug: readonly string[] }
  | { readonly kind: "out-of-gas"; readonly gasUsed: bigint; readonly debug: readonly string[] }
  | {
      readonly kind: "trap"
      readonly trap: TrapKind
      /** Where and why, the same wherever the call runs: `trapDetail` of protocol; `explainTrap` finds the source. */
      readonly detail: string
      readonly gasUsed: bigint
      readonly debug: readonly string[]
    }

/** Every way a contract's own fault ends a call. The names are part of the sealed error and do not depend on V8's texts. */
export type TrapKind =
  | "unreachable"
  | "memory-out-of-bounds"
  | "table-out-of-bounds"
  | "division-by-zero"
  | "integer-overflow"
  | "bad-indirect-call"
  | "stack-overflow"
  /** A host function was called with a range outside memory, a size above its limit, or where it is not allowed. */
  | "host-misuse"

export type PrepareOptions = {
  /** Lets contracts import `debug_print`. For local networks and tests. Default false. */
  readonly allowDebug?: boolean
}
