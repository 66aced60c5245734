import { readFileSync } from "node:fs"

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
export const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"))
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Origin<Case> {
  readonly origin: string
  readonly cases: readonly Case[]
}
interface AeadCase {
  readonly key: string
  readonly nonce: string
  readonly aad: string
  readonly plaintext: string
  readonly sealed: string
}

export interface PrimitiveVectors {
  readonly hkdfSha256: Origin<{ ikm: string; salt: string; info: string; length: number; okm: string }>
  readonly aes256Gcm: Origin<AeadCase>
  readonly aes256GcmSiv: Origin<AeadCase>
  readonly x25519: Origin<{ secret: string; public: string; shared: string }> & {
    readonly keyPairs: readonly { secret: string; public: string }[]
    readonly sharedOfKeyPairs: string
    readonly smallOrder: readonly string[]
  }
  readonly sha256: Origin<{ message: string; digest: string }>
  readonly hmacSha256: Origin<{ key: string; data: string; mac: string }>
  readonly keccak256: Origin<{ message: string; digest: string }>
  readonly hashToG1: Origin<{ message: string; x: string; y: string }> & { readonly domain: string }
  readonly blsMinSig: Origin<{ round: number; signature: string }> & {
    readonly domain: string
    readonly publicKey: string
  }
  readonly eip2537Invalid: Record<"g1" | "g2", readonly { why: string; point: string }[]>
  readonly eip712: {
    readonly domain: { name: string; version: string; chainId: string; verifyingContract: string }
    readonly domainSeparator: string
    readonly structHash: string
    readonly digest: string
    readonly signerText: string
    readonly signer: string
    readonly signature: string
  }
  readonly ed25519: Origin<{ public: string; message: string; signature: string }>
}

export const primitives = JSON.parse(
  readFileSync(new URL("../../../testing/vectors/primitives.json", import.meta.url), "utf8"),
) as PrimitiveVectors
