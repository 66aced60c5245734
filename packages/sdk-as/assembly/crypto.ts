import { Bytes } from "./abi"
import * as host from "./host"
import { revert } from "./revert"
import { u256 } from "./u256"
import { Address, Hash } from "./word"

/** Secret randomness of the task: fresh on every call, the same when the task is executed again. Not there in queries. */
export namespace random {
  export function bytes(size: i32): Bytes {
    const out = new StaticArray<u8>(size)
    host.random(changetype<usize>(out), <u32>size)
    return out
  }
  export function word(): u256 {
    const out = new u256()
    host.random(changetype<usize>(out), 32)
    return out
  }
  /** Evenly distributed in 0 .. bound - 1; bound must not be 0. */
  export function below(bound: u64): u64 {
    // Values from the last, incomplete run of `bound` values are drawn again, so that no result is likelier.
    const limit = u64.MAX_VALUE - (((u64.MAX_VALUE % bound) + 1) % bound)
    const out = heap.alloc(8)
    do host.random(out, 8)
    while (load<u64>(out) > limit)
    return load<u64>(out) % bound
  }
}

export namespace crypto {
  export function keccak256(data: Bytes): Hash {
    const out = new Hash()
    host.keccak256(changetype<usize>(data), <u32>data.length, changetype<usize>(out))
    return out
  }
  export function sha256(data: Bytes): Hash {
    const out = new Hash()
    host.sha256(changetype<usize>(data), <u32>data.length, changetype<usize>(out))
    return out
  }
  /** Address that signed the hash; reverts with "bad signature". @param signature r | s | v, 65 bytes */
  export function recover(hash: Hash, signature: Bytes): Address {
    const out = new Address()
    if (!recoverInto(hash, signature, out)) revert("bad signature")
    return out
  }
  /** Did this address sign the hash? @param signature r | s | v, 65 bytes */
  export function isSignedBy(who: Address, hash: Hash, signature: Bytes): bool {
    const out = new Address()
    return recoverInto(hash, signature, out) && out == who
  }
  function recoverInto(hash: Hash, signature: Bytes, out: Address): bool {
    if (signature.length != 65) return false
    return <bool>host.secp256k1_recover(changetype<usize>(hash), changetype<usize>(signature), changetype<usize>(out))
  }
  /** @param signature r | s, 64 bytes @param publicKey 33 or 65 bytes */
  export function verifySecp256k1(hash: Hash, signature: Bytes, publicKey: Bytes): bool {
    if (signature.length != 64 || (publicKey.length != 33 && publicKey.length != 65)) return false
    return <bool>(
      host.secp256k1_verify(
        changetype<usize>(hash),
        changetype<usize>(signature),
        changetype<usize>(publicKey),
        <u32>publicKey.length,
      )
    )
  }
  /** @param signature 64 bytes @param publicKey 32 bytes */
  export function verifyEd25519(message: Bytes, signature: Bytes, publicKey: Bytes): bool {
    if (signature.length != 64 || publicKey.length != 32) return false
    return <bool>(
      host.ed25519_verify(
        changetype<usize>(message),
        <u32>message.length,
        changetype<usize>(signature),
        changetype<usize>(publicKey),
      )
    )
  }
  /** Seals under a key the contract holds (32 bytes, from `random`): AES-256-GCM, nonce | ciphertext | tag. */
  export function encrypt(key: Hash, plaintext: Bytes, aad: Bytes = new StaticArray<u8>(0)): Bytes {
    const out = new StaticArray<u8>(plaintext.length + 28)
    host.encrypt(
      changetype<usize>(key),
      changetype<usize>(aad),
      <u32>aad.length,
      changetype<usize>(plaintext),
      <u32>plaintext.length,
      changetype<usize>(out),
    )
    return out
  }
  /** Opens what `encrypt` made with the same key and additional data, or null. */
  export function decrypt(key: Hash, box: Bytes, aad: Bytes = new StaticArray<u8>(0)): Bytes | null {
    if (box.length < 28) return null
    const out = new StaticArray<u8>(box.length - 28)
    const size = host.decrypt(
      changetype<usize>(key),
      changetype<usize>(aad),
      <u32>aad.length,
      changetype<usize>(box),
      <u32>box.length,
      changetype<usize>(out),
    )
    return size < 0 ? null : out
  }
}
