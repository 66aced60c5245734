/** The shared vectors, read by Solidity: the same JSON that the TypeScript packages are tested with. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import {
  BEACON_DST,
  beaconMessage,
  fromHex,
  type Hex,
  packTerms,
  STORAGE_SLOT,
  toHex,
} from "@enigma-discovery/protocol"
import { computeAddress, keccak256, SigningKey, toBeHex } from "ethers"
import { network } from "hardhat"

const load = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../packages/testing/vectors/${name}.json`, import.meta.url), "utf8"))
const vectors = load("protocol")
const draws = load("draw")

interface RecordVector {
  readonly record: Record<string, string | number>
  readonly leaf: string
  readonly cumLockedGrains: string
  readonly link: string
}

async function harness() {
  const { ethers } = await network.getOrCreate()
  return ethers.deployContract("VectorHarness")
}

describe("shared vectors", () => {
  it("leaves and links", async () => {
    const h = await harness()
    let previous = await h.genesis(vectors.chainId, vectors.enigma, vectors.contract)
    assert.equal(previous, vectors.genesisLink)
    for (const [i, { record, leaf, cumLockedGrains, link }] of (vectors.records as RecordVector[]).entries()) {
      const terms = packTerms({
        gasLimit: BigInt(record.gasLimit!),
        gasPriceGrains: BigInt(record.gasPriceGrains!),
        callbackGas: BigInt(record.callbackGas!),
        callbackPriceGrains: BigInt(record.callbackPriceGrains!),
        flags: Number(record.flags),
        lockedGrains: 0n,
        index: i,
      })
      const place = BigInt(record.blockNumber!) | (BigInt(record.timestampS!) << 64n)
      const call = { sender: String(record.sender), inputsHash: String(record.inputsHash), terms, place }
      assert.equal(await h.leaf(call, String(record.token), BigInt(record.amount!)), leaf)
      assert.equal(await h.link(previous, leaf, i, cumLockedGrains), link)
      previous = link
    }
  })

  it("receipt leaves, roots and proofs", async () => {
    const h = await harness()
    for (const { receipt, leaf } of vectors.receipts) assert.equal(await h.receiptLeaf(vectors.contract, receipt), leaf)
    assert.equal(await h.failedEntry(vectors.contract, vectors.batch.receiptsRoot), vectors.callbackFailedRoot)
    for (const { leaves, root, proofs } of vectors.roots) {
      for (const [i, proof] of proofs.entries()) assert.equal(await h.merkleRoot(leaves[i], proof), root)
    }
  })

  it("the batch digest", async () => {
    const h = await harness()
    const b = vectors.batch
    const batch = {
      ...b,
      previousLink: `0x${"77".repeat(32)}`,
      leaf: `0x${"78".repeat(32)}`,
      r: `0x${"00".repeat(32)}`,
      vs: `0x${"00".repeat(32)}`,
      refunds: b.refunds.map(
        (r: { user: string; amountGrains: string }) => `${r.user}${toBeHex(r.amountGrains, 12).slice(2)}`,
      ),
      extras: [{ payouts: b.payouts, missing: b.missing, callbacks: b.packedCallbacks, later: [] }],
    }
    assert.equal(await h.batchDigest(b.domainSeparator, batch, b.link), b.digest)
    const other = { ...batch, validUntilBlock: b.validUntilBlock + 1 }
    assert.notEqual(await h.batchDigest(b.domainSeparator, other, b.link), b.digest)
  })

  it("the order digest", async () => {
    const h = await harness()
    assert.equal(await h.orderDigest(vectors.batch.domainSeparator, vectors.order), vectors.order.digest)
  })

  it("draw hashes", async () => {
    const h = await harness()
    for (const { seed, contract, k, value } of vectors.draws) assert.equal(await h.drawHash(seed, contract, k), value)
  })

  it("the beacon: its message, signature and seed", async () => {
    const { ethers } = await network.getOrCreate()
    const bls = await ethers.deployContract("BLS12381Harness")
    const { epoch, blockHash, message, publicKey, signature, seed } = vectors.beacon
    const made = beaconMessage(
      BigInt(vectors.chainId),
      fromHex(vectors.enigma as Hex),
      epoch,
      fromHex(blockHash as Hex),
    )
    assert.equal(toHex(made), message)
    const dst = new TextEncoder().encode(BEACON_DST)
    assert.equal(await bls.verify(publicKey, message, dst, signature), true)
    assert.equal(await bls.verify(publicKey, `${message}00`, dst, signature), false)
    assert.equal(keccak256(signature), seed)
  })

  for (const tree of draws.trees) {
    it(`the tree and its draws: ${tree.name}`, async () => {
      const h = await harness()
      await h.addWorkers(tree.workerCount, 0)
      for (const { epoch, workerId, weight } of tree.history) await h.setWeight(workerId, epoch, weight)
      assert.equal(await h.depth(), BigInt(tree.treeDepth))
      for (const { key, current, pending } of tree.nodes) {
        const node = await h.node(key)
        assert.equal(toBeHex(node.current, 32), current, `current of ${key}`)
        assert.equal(toBeHex(node.pending, 32), pending, `pending of ${key}`)
      }
      for (const { epoch, seed, contract, group } of tree.draws) {
        assert.deepEqual([...(await h.group(seed, contract, epoch, group.length))], group.map(BigInt))
      }
    })
  }

  it("the address of a secret contract", async () => {
    const { ethers } = await network.getOrCreate()
    const { account } = vectors
    const salt = keccak256(
      ethers.AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "address", "bytes32", "bytes32"],
        [vectors.tags.salt, account.deployer, account.codeHash, account.userSalt],
      ),
    )
    assert.equal(salt, account.salt)
    const address = ethers.getCreate2Address(vectors.enigma, salt, keccak256(account.initCode))
    assert.equal(address.toLowerCase(), account.address)
  })

  it("the quote that registration checks", async () => {
    const { ethers, networkHelpers } = await network.getOrCreate()
    const root = new SigningKey(`0x${"42".repeat(32)}`)
    const { quote } = vectors
    const [owner] = await ethers.getSigners()
    const args = [owner!.address, computeAddress(root.publicKey), 1_000_000_000, [quote.measurement]]
    const verifier = await ethers.deployContract("DevAttestationVerifier", args)
    const packed = ethers.concat([
      "0x0101",
      quote.measurement,
      toBeHex(quote.securityVersion, 2),
      toBeHex(quote.issuedAtS, 8),
      quote.reportData,
      root.sign(quote.digest).serialized,
    ])
    assert.ok((await networkHelpers.time.latest()) > quote.issuedAtS)
    const [measurement, expiryS] = await verifier.verify(packed, vectors.report.reportData)
    assert.equal(measurement, quote.measurement)
    assert.equal(expiryS, BigInt(quote.issuedAtS) + 1_000_000_000n)
  })

  it("the storage slots that enclaves prove", async () => {
    const { useNetwork } = await import("./support/network.ts")
    const net = await useNetwork()
    const base = BigInt(vectors.storage.base)
    const at = (slot: bigint) => net.ethers.provider.getStorage(net.address, slot)
    const word = BigInt(await at(base + STORAGE_SLOT.epochState))
    const { epoch, openedAtBlock, scheduledStartBlock } = await net.enigma.currentEpoch()
    assert.equal(word & 0xffffffffn, epoch)
    assert.equal((word >> 32n) & 0xffffffffffffn, openedAtBlock)
    assert.equal((word >> 80n) & 0xffffffffffffn, scheduledStartBlock)
    assert.equal((word >> 128n) & 0xffffffn, BigInt(net.workers.length))
    assert.equal((word >> 152n) & 0xffn, 1n)
    assert.equal((word >> 160n) & 0xffffffffn, BigInt(net.workers.length))
    const mapped = (key: bigint | string, slot: bigint) =>
      BigInt(keccak256(net.ethers.concat([toBeHex(key, 32), toBeHex(base + slot, 32)])))
    const queue = mapped(net.queue.contract, STORAGE_SLOT.queues)
    assert.equal(BigInt(await at(queue)) & 0xffffffffn, 1n, "submitted")
    assert.equal(await at(queue + 1n), net.queue.head)
    assert.equal(await at(queue + 2n), net.queue.tasks[0]!.link)
    const worker = mapped(1n, STORAGE_SLOT.workers)
    const [first] = net.workers
    const identity = BigInt(await at(worker))
    assert.equal(toBeHex(identity & ((1n << 160n) - 1n), 20), computeAddress(first!.enclave.publicKey).toLowerCase())
    assert.equal((identity >> 192n) & 0xffn, 2n, "logged in")
    assert.equal(BigInt(await at(worker + 1n)) & ((1n << 160n) - 1n), BigInt(await first!.operator.getAddress()))
    assert.equal(await at(worker + 2n), (await net.enigma.workerOf(1)).encryptionKey)
    const opened = mapped(epoch, STORAGE_SLOT.epochs)
    assert.equal(await at(opened + 1n), (await net.enigma.currentEpoch()).seed)
  })
})
