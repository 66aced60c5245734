import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { nobleCrypto, SecretKey } from "@enigma-discovery/crypto"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { BrowserProvider, Interface, Wallet } from "ethers"
import { createClient } from "../src/client.ts"
import { forgetKeys } from "../src/permits.ts"
import { recordTask } from "../src/record-task.ts"
import { prepareStored, sealForStorage, storageKey } from "../src/stored-inputs.ts"
import { submitEnvelope } from "../src/submit-envelope.ts"
import { taskHandle } from "../src/task-handle.ts"
import { USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed, errorCode, setup, URLS } from "./support/setup.ts"

const iface = new Interface(ABI as never)
const add = { abi: ABI, fn: "addMillionaire", args: [USER, 42n] } as const

async function scene() {
  const { net, address } = await deployed()
  const provider = new BrowserProvider(net.chain)
  const as = (seed: string) => {
    const wallet = new Wallet(`0x${seed.repeat(32)}`, provider)
    net.enigma.credit(wallet.address.toLowerCase() as Hex, 10n ** 12n)
    return setup({ net, options: { provider: undefined, signer: wallet } as never }).client
  }
  return { net, address, as, client: as("41") }
}

describe("stored inputs", () => {
  it("become a task in a later epoch, from another device of the account", async () => {
    const { net, address, client, as } = await scene()
    const stored = await sealForStorage(client, { contract: address, ...add })
    for (let i = 0; i < 3; i++) net.nextEpoch()
    const elsewhere = as("41")
    const prepared = await prepareStored<undefined>(elsewhere, { contract: address, stored, gasLimit: 123_456n })
    assert.deepEqual([prepared.keyEpoch, prepared.price.gasLimit], [net.epoch, 123_456n])
    await submitEnvelope(elsewhere, prepared)
    const task = taskHandle(elsewhere, await recordTask(elsewhere, prepared))
    const { calldata } = net.execute(address, 1, () => ({ result: 0, gasUsed: 9n }), CODE_HASH)
    assert.equal(toHex(calldata), iface.encodeFunctionData("addMillionaire", [USER, 42n]))
    assert.equal(await task.result(), undefined)
  })

  it("keep how an answer is decoded", async () => {
    const { net, address, client } = await scene()
    const stored = await sealForStorage(client, { contract: address, abi: ABI, fn: "computeRichest", args: [] })
    const prepared = await prepareStored<Hex>(client, { contract: address, stored })
    await submitEnvelope(client, prepared)
    const task = taskHandle(client, await recordTask(client, prepared))
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data: abiEncode(["address"], [USER]) }), CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  it("open for their account, contract and key alone, and not when altered", async () => {
    const { address, client, as } = await scene()
    const stored = await sealForStorage(client, { contract: address, ...add })
    const invalid = (given: Parameters<typeof prepareStored>[1], by = client) =>
      assert.rejects(prepareStored(by, given), errorCode("STORED_INVALID"))
    await invalid({ contract: address, stored }, as("42"))
    await invalid({ contract: `0x${"77".repeat(20)}`, stored })
    await invalid({ contract: address, stored, key: SecretKey.take(nobleCrypto.randomBytes(32)) })
    for (const at of [0, 5, 60, stored.length - 1])
      await invalid({ contract: address, stored: stored.map((b, i) => (i === at ? b ^ 1 : b)) })
    await invalid({ contract: address, stored: stored.slice(0, -1) })
  })

  it("may be under a key of the caller's own, without any prompt", async () => {
    const { address, client } = await scene()
    const key = SecretKey.take(nobleCrypto.randomBytes(32))
    const stored = await sealForStorage(client, { contract: address, ...add, key })
    assert.equal(client.memory.storageKeys.size, 0)
    await prepareStored(client, { contract: address, stored, key })
  })

  it("tell their size class, and neither contract nor account", async () => {
    const { address, client } = await scene()
    const [a, b] = await Promise.all(
      [1n, 2n ** 255n].map((worth) =>
        sealForStorage(client, { contract: address, abi: ABI, fn: "addMillionaire", args: [USER, worth] }),
      ),
    )
    assert.equal(a!.length, b!.length)
    assert.notDeepEqual(a!.slice(2, 34), b!.slice(2, 34))
    for (const known of [address, await client.wallet!.address()])
      assert.ok(!toHex(a!).includes(known.slice(2).toLowerCase()))
  })

  it("ask the wallet once for the key, again after it was forgotten, and wipe it", async () => {
    const { client } = await scene()
    const [first, again] = await Promise.all([storageKey(client), storageKey(client)])
    assert.equal(first, again)
    const bytes = first.expose((raw) => toHex(raw))
    await forgetKeys(client)
    assert.ok(first.wiped)
    assert.equal(
      (await storageKey(client)).expose((raw) => toHex(raw)),
      bytes,
    )
  })

  it("are the bytes of the specification (vectors)", async () => {
    const v = JSON.parse(readFileSync(new URL("../../testing/vectors/queries.json", import.meta.url), "utf8"))
    const { net } = await scene()
    const options = { chainId: BigInt(v.chainId), enigmaAddress: v.enigma, gateways: URLS } as const
    const trust = { devRoot: `0x${"11".repeat(20)}`, measurements: "chain" } as const
    const signer = new Wallet(v.accountSecret, new BrowserProvider(net.chain))
    const client = createClient({ ...options, trust, signer })
    assert.equal(
      (await storageKey(client)).expose((raw) => toHex(raw)),
      v.stored.storageKey,
    )
    // Another network than the one at hand: it opens, and only then is the contract looked for.
    const stored = fromHex(v.stored.sealed)
    await assert.rejects(prepareStored(client, { contract: v.contract, stored }), (error: Error) => {
      return !errorCode("STORED_INVALID")(error)
    })
    await assert.rejects(prepareStored(client, { contract: v.enigma, stored }), errorCode("STORED_INVALID"))
  })
})
