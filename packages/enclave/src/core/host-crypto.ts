import {
  addressOfPublicKey,
  type CryptoProvider,
  cryptoErrors,
  ed25519Verify,
  hmacSha256,
  keccak256,
  recoverAddress,
} from "@enigma-discovery/crypto"
import { concatBytes, equalBytes, MAX_RANDOM_BYTES_PER_TASK, randomBlockInput } from "@enigma-discovery/protocol"
import { type HostCrypto, stateRefusal } from "@enigma-discovery/runtime-wasm"

/** Cryptography as contracts see it. `randomSeed` (32 bytes) is the task's own: the same whenever the task runs again. */
export function hostCrypto(crypto: CryptoProvider, randomSeed: Uint8Array): HostCrypto {
  return {
    keccak256,
    sha256: crypto.sha256,
    recoverSecp256k1: recover,
    verifySecp256k1(hash, signature, publicKey) {
      const wanted = orUndefined(() => addressOfPublicKey(publicKey))
      if (wanted === undefined) return false
      return [0, 1].some((recovery) => {
        const signer = recover(hash, signature, recovery)
        return signer !== undefined && equalBytes(signer, wanted)
      })
    },
    verifyEd25519: (message, signature, publicKey) => ed25519Verify(signature, message, publicKey),
    aesGcmSeal: (key, nonce, associatedData, plaintext) =>
      crypto.aes256GcmSeal({ key, nonce, associatedData }, plaintext),
    aesGcmOpen: (key, nonce, associatedData, box) =>
      orUndefined(() => crypto.aes256GcmOpen({ key, nonce, associatedData }, box)),
    random: randomStream(randomSeed),
  }
}

const recover = (hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | undefined =>
  orUndefined(() => recoverAddress(hash, concatBytes(signature, Uint8Array.of(27 + recovery))))

function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute()
  } catch (error) {
    if (cryptoErrors.is(error)) return undefined
    throw error
  }
}

/** Blocks of HMAC-SHA256(seed, counter), handed out byte by byte (PROTOCOL §6.5). */
function randomStream(seed: Uint8Array): (n: number) => Uint8Array {
  let block = new Uint8Array(0)
  let counter = 0
  let used = 0
  return (n) => {
    if (used + n > MAX_RANDOM_BYTES_PER_TASK)
      throw stateRefusal(`a task may draw ${MAX_RANDOM_BYTES_PER_TASK} random bytes`)
    used += n
    const out = new Uint8Array(n)
    for (let at = 0; at < n; ) {
      if (block.length === 0) block = hmacSha256(seed, randomBlockInput(counter++)).slice()
      const part = block.subarray(0, n - at)
      out.set(part, at)
      at += part.length
      block = block.subarray(part.length)
    }
    return out
  }
}
