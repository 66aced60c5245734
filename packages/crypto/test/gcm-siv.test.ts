import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { GCM_SIV_WASM } from "../src/generated/gcm-siv-wasm.ts"
import { nobleCrypto } from "../src/index.ts"
import { nodeCrypto } from "../src/node.ts"

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const parameters = fc.record({ key: bytes(32), nonce: bytes(12), associatedData: fc.uint8Array({ maxLength: 80 }) })

describe("AES-256-GCM-SIV in WebAssembly", () => {
  it("gives noble's bytes, at every length of the last block and of the last eight blocks", () => {
    fc.assert(
      fc.property(parameters, bytes(300), fc.nat(300), (given, whole, length) => {
        const text = whole.subarray(0, length)
        const sealed = nobleCrypto.aes256GcmSivSeal(given, text)
        assert.deepEqual(nodeCrypto.aes256GcmSivSeal(given, text), sealed)
        assert.deepEqual(nodeCrypto.aes256GcmSivOpen(given, sealed), text)
      }),
      { numRuns: 1_000 },
    )
  })

  it("gives noble's bytes for keys of every byte: each of them passes through the S-box", () => {
    for (let b = 0; b < 256; b++) {
      const given = { key: new Uint8Array(32).fill(b), nonce: new Uint8Array(12), associatedData: new Uint8Array() }
      const text = Uint8Array.of(b)
      assert.deepEqual(nodeCrypto.aes256GcmSivSeal(given, text), nobleCrypto.aes256GcmSivSeal(given, text))
    }
  })

  it("takes the largest delta, and small ones again after it", () => {
    const given = { key: new Uint8Array(32).fill(7), nonce: new Uint8Array(12), associatedData: new Uint8Array(32) }
    for (const length of [524_288, 1, 262_145]) {
      const text = new Uint8Array(length).map((_, i) => i * 31)
      assert.deepEqual(nodeCrypto.aes256GcmSivSeal(given, text), nobleCrypto.aes256GcmSivSeal(given, text))
    }
  })

  it("leaves nothing of key, keys of the nonce, or text in its memory", () => {
    const code = Buffer.from(GCM_SIV_WASM, "base64")
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code))
    const wasm = exports as unknown as {
      memory: WebAssembly.Memory
      reserve(adLength: number, textLength: number): number
      seal(adLength: number, textLength: number): void
      wipe(adLength: number, textLength: number): void
    }
    wasm.reserve(33, 100)
    const memory = new Uint8Array(wasm.memory.buffer)
    const wiped = memory.slice()
    memory.fill(0xa5, 1_024, 1_072)
    memory.fill(0xa5, 4_096, 4_096 + 48 + 100)
    wasm.seal(33, 100)
    assert.ok(memory.filter((b) => b !== 0).length > 1_000, "the expanded keys are there")
    wasm.wipe(33, 100)
    assert.deepEqual(memory, wiped)
  })
})
