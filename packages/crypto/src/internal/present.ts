import { nobleCrypto } from "../noble.ts"
import type { CryptoProvider } from "../provider.ts"

let present: CryptoProvider = nobleCrypto

/** For the node:crypto door: from here on it serves whoever does not choose. Both forms hold to the same vectors. */
export function usePresentCrypto(faster: CryptoProvider): void {
  present = faster
}

/** noble's primitives; node:crypto's in any process that has imported that door. For code that runs in browsers and in Node. */
export const presentCrypto: CryptoProvider = Object.freeze<CryptoProvider>({
  get name() {
    return present.name
  },
  sha256: (...args) => present.sha256(...args),
  hkdfSha256: (...args) => present.hkdfSha256(...args),
  aes256GcmSeal: (...args) => present.aes256GcmSeal(...args),
  aes256GcmOpen: (...args) => present.aes256GcmOpen(...args),
  aes256GcmSivSeal: (...args) => present.aes256GcmSivSeal(...args),
  aes256GcmSivOpen: (...args) => present.aes256GcmSivOpen(...args),
  x25519KeyPair: () => present.x25519KeyPair(),
  x25519PublicKey: (...args) => present.x25519PublicKey(...args),
  x25519SharedSecret: (...args) => present.x25519SharedSecret(...args),
  randomBytes: (...args) => present.randomBytes(...args),
})
