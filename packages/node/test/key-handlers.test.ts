import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import { enclaveErrors } from "@enigma-discovery/enclave/host"
import { type KeyRequestBundle, protocolErrors } from "@enigma-discovery/protocol"
import { verifyErrors } from "@enigma-discovery/verify"
import { keyHandlers } from "../src/key-manager/key-handlers.ts"
import { createLogger } from "../src/log.ts"
import { createMetrics } from "../src/metrics.ts"
import { Refusal } from "../src/p2p/requests.ts"

const bundle = {} as KeyRequestBundle
const proof = (n: number) => ({ header: Uint8Array.of(n), confirmations: 2, signatures: [], nodes: [] })
const context = { peer: "somebody", signal: new AbortController().signal }

describe("key manager's answers", () => {
  let fail: Error | undefined
  let calls = 0
  const log: string[] = []
  const metrics = createMetrics()
  const sealed = { version: 1, ephemeralKey: new Uint8Array(32), ciphertext: new Uint8Array(9) }
  const answer = async <T>(value: T): Promise<T> => {
    calls++
    if (fail !== undefined) throw fail
    return value
  }
  const make = () =>
    keyHandlers({
      enclave: {
        releaseKeys: () => answer(sealed),
        beacon: (given) => answer({ managerIndex: 1, epoch: 5, partial: new Uint8Array(128).fill(given.header[0]!) }),
      },
      metrics,
      log: createLogger("debug", (line) => log.push(line)),
    })
  beforeEach(() => {
    fail = undefined
    calls = 0
    log.length = 0
  })
  const refused = (status: string) => (error: unknown) => error instanceof Refusal && error.status === status

  it("are the enclave's", async () => {
    assert.equal(await make().keys.handle(bundle, context), sealed)
  })

  it("are refusals with a status where the enclave refuses, and say no more", async () => {
    const cases: readonly (readonly [Error, string])[] = [
      [verifyErrors.make("WORKER_BANNED", { workerId: 7 }), "refused"],
      [verifyErrors.make("HEADER_UNTRUSTED", { got: 0, want: 1, confirmations: 2 }), "refused"],
      [enclaveErrors.make("HEADER_OLDER", { got: 1n, newest: 2n }), "refused"],
      [protocolErrors.make("TRAILING_BYTES", { what: "x", extra: 1 }), "invalid"],
      [enclaveErrors.make("TIMED_OUT", { call: "releaseKeys", timeoutMs: 1 }), "busy"],
      [enclaveErrors.make("ENDED", { detail: "killed" }), "internal"],
      [enclaveErrors.make("INTERNAL", { call: "releaseKeys" }), "internal"],
    ]
    const { keys, beacon } = make()
    for (const [error, status] of cases) {
      fail = error
      await assert.rejects(keys.handle(bundle, context), refused(status), error.name)
      await assert.rejects(beacon.handle({ epoch: 5, proof: proof(1) }, context), refused(status), error.name)
    }
    fail = new TypeError("unforeseen")
    await assert.rejects(keys.handle(bundle, context), TypeError)
    assert.match(metrics.render(), /key_requests\{kind="keys",outcome="refused"\} 3/)
  })

  it("give a beacon's part to all who ask for the same one, asking the enclave once", async () => {
    const { beacon } = make()
    const first = await beacon.handle({ epoch: 5, proof: proof(1) }, context)
    assert.deepEqual(await beacon.handle({ epoch: 5, proof: proof(1) }, context), first)
    assert.equal(calls, 1)
    await beacon.handle({ epoch: 5, proof: proof(2) }, context)
    assert.equal(calls, 2, "another block is another question")
  })

  it("never keep a refusal for an answer, nor an epoch for another", async () => {
    const { beacon } = make()
    await assert.rejects(beacon.handle({ epoch: 6, proof: proof(1) }, context), refused("refused"))
    fail = enclaveErrors.make("HEADER_FORKED", { block: 5n })
    await assert.rejects(beacon.handle({ epoch: 5, proof: proof(1) }, context), refused("refused"))
    fail = undefined
    await beacon.handle({ epoch: 5, proof: proof(1) }, context)
    assert.equal(calls, 3)
  })

  it("remember a bounded number of beacons", async () => {
    const { beacon } = make()
    for (let n = 0; n < 40; n++) await beacon.handle({ epoch: 5, proof: proof(n) }, context)
    await beacon.handle({ epoch: 5, proof: proof(0) }, context)
    assert.equal(calls, 41, "the first had to make room")
  })
})
