import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { blsSign, dealBlsShares, newBlsSecretKey } from "@enigma-discovery/crypto"
import { BEACON_DST, beaconMessage, utf8Bytes } from "@enigma-discovery/protocol"
import { checkBeacon } from "@enigma-discovery/verify"
import { nodeErrors } from "../src/errors.ts"
import { type BeaconSource, collectBeacon } from "../src/keeper/beacon.ts"

const CHAIN = { chainId: 31_337n, enigma: new Uint8Array(20).fill(1) }
const blockHash = new Uint8Array(32).fill(0xb)
const request = { epoch: 5, proof: { header: new Uint8Array(1), confirmations: 2, signatures: [], nodes: [] } }
const dst = utf8Bytes(BEACON_DST)
const message = (epoch = 5) => beaconMessage(CHAIN.chainId, CHAIN.enigma, epoch, blockHash)

function committee(threshold: number, managers: number) {
  const { groupPublicKey, shares } = dealBlsShares(newBlsSecretKey(), threshold, managers)
  const network = { ...CHAIN, beaconKey: groupPublicKey, keyThreshold: threshold, keyManagers: managers }
  const part = (index: number, epoch = 5) => blsSign(message(epoch), shares[index - 1]!.secretKey, dst)
  return { network, part }
}

interface Asked extends BeaconSource {
  blamed: number
  asked: number
}
const source = (managerIndex: number, partial: () => Uint8Array | Promise<Uint8Array>): Asked => ({
  blamed: 0,
  asked: 0,
  async ask() {
    this.asked++
    return { managerIndex, partial: await partial() }
  },
  blame() {
    this.blamed++
  },
})
const collect = (
  network: ReturnType<typeof committee>["network"],
  sources: readonly BeaconSource[],
  signal = new AbortController().signal,
) => collectBeacon({ network, request, blockHash, sources, signal })
const unavailable = (got: number, want: number) => (error: unknown) =>
  nodeErrors.is(error, "BEACON_UNAVAILABLE") && error.data.got === got && error.data.want === want

describe("beacon", () => {
  it("of a committee of one is its signature, checked", async () => {
    const { network, part } = committee(1, 1)
    const beacon = await collect(network, [source(1, () => part(1))])
    checkBeacon(network, 5, blockHash, beacon)
  })

  it("of two of three is the same whoever answers", async () => {
    const { network, part } = committee(2, 3)
    const pairs = [
      [1, 2],
      [2, 3],
      [3, 1],
      [1, 2, 3],
    ].map((set) =>
      collect(
        network,
        set.map((i) => source(i, () => part(i))),
      ),
    )
    const beacons = await Promise.all(pairs)
    for (const beacon of beacons) assert.deepEqual(beacon, beacons[0])
    checkBeacon(network, 5, blockHash, beacons[0]!)
  })

  it("comes in spite of a manager that lies, and of one that does not answer", async () => {
    const { network, part } = committee(2, 4)
    const silent = source(4, () => Promise.reject(new Error("gone")))
    const liar = source(2, () => part(2, 6))
    const beacon = await collect(network, [silent, liar, source(1, () => part(1)), source(3, () => part(3))])
    checkBeacon(network, 5, blockHash, beacon)
  })

  it("is nothing that does not check: of another epoch, no point, from a manager that there is not, twice from one", async () => {
    const single = committee(1, 1)
    const wrong = [
      source(1, () => single.part(1, 6)),
      source(1, () => new Uint8Array(128)),
      source(1, () => new Uint8Array(128).fill(0xff)),
    ]
    for (const one of wrong) {
      await assert.rejects(collect(single.network, [one]), unavailable(0, 1))
      assert.equal(one.blamed, 1)
    }
    for (const index of [0, 2, 999]) {
      const stranger = source(index, () => single.part(1))
      await assert.rejects(collect(single.network, [stranger]), unavailable(0, 1))
      assert.equal(stranger.blamed, 1)
    }
    const { network, part } = committee(2, 3)
    await assert.rejects(collect(network, [source(1, () => part(1)), source(1, () => part(1))]), unavailable(1, 2))
    await assert.rejects(collect(network, []), unavailable(0, 2))
  })

  it("comes from honest managers although liars answered in their names first, and liars pay", async () => {
    const later = (partial: Uint8Array) => () =>
      new Promise<Uint8Array>((resolve) => setImmediate(() => resolve(partial)))
    const one = committee(1, 1)
    const liar = source(1, () => one.part(1, 6))
    checkBeacon(one.network, 5, blockHash, await collect(one.network, [liar, source(1, later(one.part(1)))]))
    assert.equal(liar.blamed, 1)
    const { network, part } = committee(2, 3)
    const liars = [source(1, () => part(1, 6)), source(2, () => part(1))]
    const honest = [source(1, later(part(1))), source(2, later(part(2)))]
    checkBeacon(network, 5, blockHash, await collect(network, [...liars, ...honest]))
    assert.deepEqual(
      [...liars, ...honest].map(({ blamed }) => blamed),
      [1, 1, 0, 0],
    )
  })

  it("is not kept back by many parts in one manager's name, which are no set by themselves", async () => {
    const { network, part } = committee(3, 3)
    const lie = part(1, 6)
    const liars = Array.from({ length: 14 }, () => source(1, () => lie))
    const honest = [1, 2, 3].map((index) => source(index, () => part(index)))
    checkBeacon(network, 5, blockHash, await collect(network, [...liars, ...honest]))
  })

  it("ends with its signal, and tells the others to stop when it is found", async () => {
    const { network, part } = committee(1, 2)
    let told: AbortSignal | undefined
    const never: BeaconSource = {
      ask: (_, signal) => {
        told = signal
        return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      },
      blame() {},
    }
    await collect(network, [never, source(1, () => part(1))])
    assert.equal(told?.aborted, true)
    const outer = new AbortController()
    const waiting = collect(network, [never], outer.signal)
    outer.abort(new Error("stopped"))
    await assert.rejects(waiting, { message: "stopped" })
  })
})
