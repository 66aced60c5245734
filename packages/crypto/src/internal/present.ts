import { nobleCrypto } from "../noble.ts"
import type { CryptoProvider } from "../provider.ts"

/** noble's primitives; node:crypto's in any process that has imported that door. For code that runs in browsers and in Node. */
export let presentCrypto: CryptoProvider = nobleCrypto

/** For the node:crypto door: from here on it serves whoever does not choose. Both forms hold to the same vectors. */
export function usePresentCrypto(faster: CryptoProvider): void {
  presentCrypto = faster
}
