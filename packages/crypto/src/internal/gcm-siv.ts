import { AEAD_TAG_BYTES } from "../constants.ts"
import { cryptoErrors } from "../errors.ts"
import { GCM_SIV_WASM } from "../generated/gcm-siv-wasm.ts"
import type { SealParameters } from "../provider.ts"
import { checkSealed, withAeadKey } from "./checks.ts"

/** Exports of assembly/gcm-siv.ts. */
interface GcmSiv {
  readonly memory: WebAssembly.Memory
  /** Memory for so much; where the text begins. */
  reserve(adLength: number, textLength: number): number
  seal(adLength: number, textLength: number): void
  open(adLength: number, textLength: number): number
  wipe(adLength: number, textLength: number): void
}

/** As assembly/memory.ts has it. */
const AT = { key: 1_024, nonce: 1_056, tag: 1_072, associatedData: 4_096 } as const

const instantiate = (base64: string): GcmSiv => {
  const code = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  return new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as GcmSiv
}

/** One for all calls: nothing interleaves, and each one zeroes what it used. */
const wasm = instantiate(GCM_SIV_WASM)
let memory = new Uint8Array(wasm.memory.buffer)

/** Lends the memory with key, nonce, associated data and text in place. `at` is where the text is. */
function withText<T>(parameters: SealParameters, text: Uint8Array, use: (at: number, adLength: number) => T): T {
  return withAeadKey(parameters, (key) => {
    const { nonce, associatedData } = parameters
    const at = wasm.reserve(associatedData.length, text.length)
    if (memory.buffer !== wasm.memory.buffer) memory = new Uint8Array(wasm.memory.buffer) // it has grown
    try {
      memory.set(key, AT.key)
      memory.set(nonce, AT.nonce)
      memory.set(associatedData, AT.associatedData)
      memory.set(text, at)
      return use(at, associatedData.length)
    } finally {
      wasm.wipe(associatedData.length, text.length)
    }
  })
}

/** AES-256-GCM-SIV: ciphertext | tag(16). */
export const gcmSivSeal = (parameters: SealParameters, plaintext: Uint8Array): Uint8Array =>
  withText(parameters, plaintext, (at, adLength) => {
    wasm.seal(adLength, plaintext.length)
    const sealed = new Uint8Array(plaintext.length + AEAD_TAG_BYTES)
    sealed.set(memory.subarray(at, at + plaintext.length))
    sealed.set(memory.subarray(AT.tag, AT.tag + AEAD_TAG_BYTES), plaintext.length)
    return sealed
  })

/** @throws CRYPTO_OPEN_FAILED, the same for every cause */
export function gcmSivOpen(parameters: SealParameters, sealed: Uint8Array): Uint8Array {
  checkSealed(sealed)
  const length = sealed.length - AEAD_TAG_BYTES
  return withText(parameters, sealed.subarray(0, length), (at, adLength) => {
    memory.set(sealed.subarray(length), AT.tag)
    if (wasm.open(adLength, length) === 0) throw cryptoErrors.make("OPEN_FAILED")
    return memory.slice(at, at + length)
  })
}
