import { addressOfPublicKey, ed25519Verify, keccak256, recoverAddress } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { compareBytes, concatBytes, equalBytes, toHex } from "@enigma-discovery/protocol"

/** An ordered in-memory state that also remembers what was asked, in order. */
export class MemoryState {
  readonly entries = new Map<string, { key: Uint8Array; value: Uint8Array; isPublic: boolean }>()
  readonly log: string[] = []
  get(key: Uint8Array): Uint8Array | undefined {
    this.log.push(`get ${toHex(key)}`)
    return this.entries.get(toHex(key))?.value
  }
  set(key: Uint8Array, value: Uint8Array, isPublic: boolean): void {
    this.log.push(`set ${toHex(key)} ${toHex(value)}`)
    this.entries.set(toHex(key), { key, value, isPublic })
  }
  remove(key: Uint8Array): void {
    this.log.push(`remove ${toHex(key)}`)
    this.entries.delete(toHex(key))
  }
  next(prefix: Uint8Array, after: Uint8Array | undefined): { key: Uint8Array; value: Uint8Array } | undefined {
    this.log.push(`next ${toHex(prefix)}`)
    return [...this.entries.values()]
      .filter(
        ({ key }) => toHex(key).startsWith(toHex(prefix)) && (after === undefined || compareBytes(key, after) > 0),
      )
      .sort((a, b) => compareBytes(a.key, b.key))[0]
  }
}

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill)

/** What a call is about, with plain values; the shape is runtime-wasm's `CallContext`. */
export interface TestContext {
  readonly contract: Uint8Array
  readonly sender: Uint8Array
  readonly taskId: Uint8Array
  readonly blockNumber: bigint
  readonly timestamp: bigint
  readonly token: Uint8Array
  readonly amount: bigint
  readonly calldata: Uint8Array
  readonly kind: "construct" | "call" | "query"
}
export const testContext = (overrides: Partial<TestContext> = {}): TestContext => ({
  contract: bytes(20, 0xc0),
  sender: bytes(20, 0xa1),
  taskId: bytes(32, 0x7d),
  blockNumber: 1_234n,
  timestamp: 1_700_000_000n,
  token: bytes(20, 0),
  amount: 0n,
  calldata: new Uint8Array(0),
  kind: "call",
  ...overrides,
})

function recover(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | undefined {
  try {
    return recoverAddress(hash, concatBytes(signature, new Uint8Array([27 + recovery])))
  } catch {
    return undefined
  }
}

/** The primitives a runtime is given; the shape is runtime-wasm's `HostCrypto`. */
export interface TestCrypto {
  keccak256(data: Uint8Array): Uint8Array
  sha256(data: Uint8Array): Uint8Array
  recoverSecp256k1(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | undefined
  verifySecp256k1(hash: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
  verifyEd25519(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
  aesGcmSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array
  aesGcmOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array | undefined
  random(n: number): Uint8Array
}

/** Real primitives; the random stream is SHA-256 of a counter. */
export function testCrypto(): TestCrypto {
  let counter = 0
  return {
    keccak256,
    sha256: (data) => nodeCrypto.sha256(data),
    recoverSecp256k1: recover,
    verifySecp256k1(hash, signature, publicKey) {
      try {
        const signer = addressOfPublicKey(publicKey)
        return [0, 1].some((v) => equalBytes(recover(hash, signature, v) ?? bytes(0, 0), signer))
      } catch {
        return false
      }
    },
    verifyEd25519: (message, signature, publicKey) => ed25519Verify(signature, message, publicKey),
    aesGcmSeal: (key, nonce, associatedData, plaintext) =>
      nodeCrypto.aes256GcmSeal({ key, nonce, associatedData }, plaintext),
    aesGcmOpen(key, nonce, associatedData, box) {
      try {
        return nodeCrypto.aes256GcmOpen({ key, nonce, associatedData }, box)
      } catch {
        return undefined
      }
    },
    random(n) {
      const out = new Uint8Array(n)
      for (let at = 0; at < n; at += 32) {
        const block = nodeCrypto.sha256(new Uint8Array([0x72, counter >> 8, counter++ & 255]))
        out.set(block.subarray(0, Math.min(32, n - at)), at)
      }
      return out
    },
  }
}
