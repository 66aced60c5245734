/** The keeper with a key manager's program, a witness and a chain with real proofs; each look is made by hand. */
import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import { enigmaInterface, readEpoch } from "@enigma-discovery/chain/follow"
import type { TransactionRequest } from "@enigma-discovery/chain/transact"
import { addressOfSigningKey } from "@enigma-discovery/crypto"
import {
  createDevQuoting,
  type KeyManagerEnclave,
  startKeyManagerEnclaveInProcess,
} from "@enigma-discovery/enclave/host"
import { fromHex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { checkBeacon } from "@enigma-discovery/verify"
import type { HeaderFeed } from "../src/chain/header-feed.ts"
import { nodeErrors } from "../src/errors.ts"
import type { BeaconSource } from "../src/keeper/beacon.ts"
import { createKeeper, type Keeper, type KeeperOptions } from "../src/keeper/keeper.ts"
import { createLogger } from "../src/log.ts"
import { createMetrics } from "../src/metrics.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { createWitness } from "../src/witness/witness.ts"
import { createWitnessSigner } from "../src/witness/witness-signer.ts"
import { type EpochsChain, FUNDED_KEYS, startEpochsChain } from "./support/epochs-chain.ts"
import { keyOf, until } from "./support/peers.ts"
import { feedOf, networkOf, WITNESS } from "./support/trust.ts"

const LENGTH = 20
const WINDOW = 12
const DEPTH = 2

describe("keeper", () => {
  let chain: EpochsChain
  let enclave: KeyManagerEnclave
  let network: NetworkConfig
  let feed: HeaderFeed
  let witness: ReturnType<typeof createWitness>
  const signal = new AbortController().signal
  const log: string[] = []

  before(async () => {
    chain = await startEpochsChain({ epochLengthBlocks: LENGTH, openWindowBlocks: WINDOW })
    const quoting = createDevQuoting({ rootKey: keyOf("root"), now: () => 0n })
    enclave = await startKeyManagerEnclaveInProcess({ measurement: new Uint8Array(32), quoting })
    const { beaconKey, contractKey } = await enclave.generate(undefined)
    const lengths = { epochLengthBlocks: LENGTH, expiryBlocks: 20 * LENGTH }
    network = networkOf({ ...lengths, enigma: chain.enigma, depth: DEPTH, beaconKey, contractKey })
    await enclave.configure(network)
  })
  after(async () => {
    await enclave.stop()
    await chain.close()
  })
  beforeEach(() => {
    feed = feedOf(network)
    const signer = createWitnessSigner({
      secretKey: WITNESS,
      chainId: network.chainId,
      depth: DEPTH,
      store: memoryStore(),
    })
    witness = createWitness({ rpc: chain.rpc, signer, depth: DEPTH, fromBlock: 0, publish: (a) => void feed.submit(a) })
    log.length = 0
  })

  const own: BeaconSource = { ask: ({ proof }) => enclave.beacon(proof), blame() {} }
  const nextStart = async () => (Math.floor((await chain.head()) / LENGTH) + 1) * LENGTH
  const epochNow = async () =>
    (await readEpoch({ rpc: chain.rpc, enigma: chain.enigma, block: { number: await chain.head(), timestampS: 0 } }))
      .epoch

  async function keeperOf(options: Partial<KeeperOptions> & { readonly key?: Uint8Array } = {}) {
    const sent: TransactionRequest[] = []
    const transactor = await chain.transactor(options.key ?? FUNDED_KEYS[1]!)
    const metrics = createMetrics()
    const keeper = createKeeper({
      network,
      rpc: chain.rpc,
      transactor: {
        account: transactor.account,
        send: (request) => {
          sent.push(request)
          return transactor.send(request)
        },
      },
      headerSource: { obtain: async ({ blockNumber }) => feed.at(blockNumber!) },
      sources: () => [own],
      ladderBlocks: 2,
      metrics,
      log: createLogger("info", (line) => log.push(line)),
      ...options,
    })
    return { keeper, sent, metrics }
  }
  /** Mines until what the keeper sent has been settled. */
  async function settle(keeper: Keeper): Promise<void> {
    let settled = false
    const idle = keeper.idle().then(() => {
      settled = true
    })
    await until("the keeper's transaction", async () => {
      await chain.mine()
      return settled
    })
    await idle
  }
  const look = async (keeper: Keeper) => {
    await witness.look()
    await keeper.look(signal)
  }
  const beaconOf = ({ data }: TransactionRequest) =>
    fromHex(String(enigmaInterface.decodeFunctionData("openEpoch", toHex(data))[0]))

  it("opens a due epoch with the committee's beacon, once the block before its start is at depth", async () => {
    const { keeper, sent, metrics } = await keeperOf()
    const start = await nextStart()
    const epoch = (await epochNow()) + 1
    for (const block of [start - 1, start]) {
      await chain.mineTo(block)
      await look(keeper)
      assert.equal(sent.length, 0, `nothing to do at block ${block}`)
    }
    await chain.mineTo(start - 1 + DEPTH)
    await look(keeper)
    assert.equal(sent.length, 1)
    const { hash } = feed.at(start - 1)!
    checkBeacon(network, epoch, hash, beaconOf(sent[0]!))
    assert.equal(sent[0]!.deadlineBlock, start + WINDOW)
    await look(keeper)
    assert.equal(sent.length, 1, "while it is in flight, no second one")
    await settle(keeper)
    assert.equal(await epochNow(), epoch)
    assert.match(metrics.render(), /keeper_openings\{outcome="opened"\} 1/)
    await look(keeper)
    assert.equal(sent.length, 1, "opened")
  })

  it("sends one opening at a time, however long it is in flight", async () => {
    const { account } = await chain.transactor(FUNDED_KEYS[1]!)
    const requests: TransactionRequest[] = []
    const flight = Promise.withResolvers<never>()
    const send = (request: TransactionRequest) => {
      requests.push(request)
      return flight.promise
    }
    const { keeper } = await keeperOf({ transactor: { account, send }, ladderBlocks: 1 })
    await chain.mineTo((await nextStart()) - 1 + DEPTH)
    await look(keeper)
    await chain.mine()
    await chain.mine()
    await look(keeper)
    assert.equal(requests.length, 1, "the first is still in flight")
    flight.reject(new Error("dropped"))
    await keeper.idle()
    await chain.mine()
    await look(keeper)
    assert.equal(requests.length, 2, "and then it is tried again")
    await keeper.idle()
  })

  it("leaves an epoch alone that another keeper has opened", async () => {
    const [first, second] = [await keeperOf(), await keeperOf({ key: FUNDED_KEYS[2]! })]
    await chain.mineTo((await nextStart()) - 1 + DEPTH)
    await look(first.keeper)
    await settle(first.keeper)
    await look(second.keeper)
    assert.deepEqual([first.sent.length, second.sent.length], [1, 0])
  })

  it("sends nothing that would revert, when another was faster by less than a look", async () => {
    const start = await nextStart()
    await chain.mineTo(start - 1 + DEPTH)
    const [first, second] = [await keeperOf(), await keeperOf({ key: FUNDED_KEYS[2]! })]
    await witness.look()
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = await keeperOf({
      key: FUNDED_KEYS[2]!,
      sources: () => [{ ask: (request, s) => held.then(() => own.ask(request, s)), blame() {} }],
    })
    const looking = slow.keeper.look(signal)
    await first.keeper.look(signal)
    await settle(first.keeper)
    release()
    await looking
    await slow.keeper.idle()
    assert.match(slow.metrics.render(), /keeper_openings\{outcome="reverted"\} 1/)
    assert.ok(log.some((line) => line.includes("NoEpochDue")))
    assert.equal(second.sent.length, 0)
  })

  it("waits its turn, and takes it when nobody else did", async () => {
    // A place further back: the account whose turn is latest among some.
    const start = await nextStart()
    const epoch = (await epochNow()) + 1
    const { turnAt } = await import("../src/keeper/epoch-schedule.ts")
    const due = { epoch, start, lastBlock: start + WINDOW }
    const many = { ...network, keyManagers: 4, keyThreshold: 1 }
    const turns = FUNDED_KEYS.map((key) =>
      turnAt({ network: many, due, account: addressOfSigningKey(key), activeWorkers: 0, ladderBlocks: 1 }),
    )
    const latest = turns.indexOf(Math.max(...turns))
    assert.ok(turns[latest]! > start - 1 + DEPTH, "some account is not first")
    const { keeper, sent } = await keeperOf({ key: FUNDED_KEYS[latest]!, network: many, ladderBlocks: 1 })
    for (let block = start; block < turns[latest]!; block++) {
      await chain.mineTo(block)
      await look(keeper)
      assert.equal(sent.length, 0, `not its turn at ${block}`)
    }
    await chain.mineTo(turns[latest]!)
    await look(keeper)
    assert.equal(sent.length, 1)
    await settle(keeper)
    assert.equal(await epochNow(), epoch)
  })

  it("lets a start pass that nobody could open in its window, and opens the next with the same number", async () => {
    const { keeper, sent } = await keeperOf()
    const start = await nextStart()
    const epoch = (await epochNow()) + 1
    await chain.mineTo(start + WINDOW)
    await look(keeper)
    assert.equal(sent.length, 0, "the next block is beyond the window")
    await chain.mineTo(start + LENGTH - 1 + DEPTH)
    await look(keeper)
    await settle(keeper)
    assert.equal(await epochNow(), epoch)
    checkBeacon(network, epoch, feed.at(start + LENGTH - 1)!.hash, beaconOf(sent[0]!))
  })

  it("sends nothing without a witness, nor for a block that is no longer the chain's; then goes on", async () => {
    const start = await nextStart()
    await chain.mineTo(start - 1 + DEPTH)
    let trusted: ReturnType<HeaderFeed["at"]>
    const { keeper, sent } = await keeperOf({ headerSource: { obtain: async () => trusted } })
    await keeper.look(signal)
    assert.equal(sent.length, 0)
    await witness.look()
    const real = feed.at(start - 1)!
    trusted = { ...real, hash: new Uint8Array(32).fill(1) }
    await chain.mine()
    await keeper.look(signal)
    assert.equal(sent.length, 0)
    assert.equal(log.filter((line) => line.includes("no witness")).length, 2)
    trusted = real
    await chain.mine()
    await keeper.look(signal)
    assert.equal(sent.length, 1)
    await settle(keeper)
  })

  it("tries again after some blocks when no key manager answers", async () => {
    const start = await nextStart()
    await chain.mineTo(start - 1 + DEPTH)
    let isUp = false
    let asked = 0
    const flaky: BeaconSource = {
      ask: (request, s) => {
        asked++
        return isUp ? own.ask(request, s) : Promise.reject(new Error("down"))
      },
      blame() {},
    }
    const { keeper, sent } = await keeperOf({ sources: () => [flaky] })
    await witness.look()
    await assert.rejects(keeper.look(signal), (error) => nodeErrors.is(error, "BEACON_UNAVAILABLE"))
    await keeper.look(signal)
    assert.equal(asked, 1, "not with each look")
    isUp = true
    await chain.mine(2)
    await keeper.look(signal)
    assert.deepEqual([asked, sent.length], [2, 1])
    await settle(keeper)
  })

  it("never sends what is not the committee's signature", async () => {
    const start = await nextStart()
    await chain.mineTo(start - 1 + DEPTH)
    let blamed = 0
    const liar: BeaconSource = {
      ask: async () => ({ managerIndex: 1, partial: new Uint8Array(128).fill(3) }),
      blame: () => void blamed++,
    }
    const lied = await keeperOf({ sources: () => [liar] })
    await witness.look()
    await assert.rejects(lied.keeper.look(signal))
    assert.deepEqual([lied.sent.length, blamed], [0, 1])
    const both = await keeperOf({ sources: () => [liar, own] })
    await both.keeper.look(signal)
    assert.equal(both.sent.length, 1)
    await settle(both.keeper)
  })
})
