import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { blsSign, blsVerify, combineBlsSignatures, compressG1, newBlsSecretKey } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  BEACON_DST,
  beaconMessage,
  encode,
  KeyAnswerCodec,
  type KeyRequest,
  PRF_DST,
  prfMessage,
  type SealedKeyAnswer,
  utf8Bytes,
  WORKER_STATUS,
} from "@enigma-discovery/protocol"
import type { Domain } from "../src/core/domain.ts"
import { keyAnswerAad, keyAnswerSealing } from "../src/core/key-collection.ts"
import { dealKeyShares, sealShare } from "../src/core/key-share.ts"
import { addressOf } from "./support/names.ts"
import { inProcess, lab, quoting, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

const L = 20

/** Mines up to the last block before the next scheduled start. */
function mineToStart({ enigma: { chain } }: TestNetwork): void {
  chain.mine()
  while ((chain.number + 1n) % BigInt(L) !== 0n) chain.mine()
}

describe("a key manager's beacon", () => {
  it("is the committee's signature on the proven epoch and the last block before a start", async () => {
    const network = await TestNetwork.start()
    mineToStart(network)
    const proof = network.enigma.chain.proof()
    const { epoch, partial, managerIndex } = await network.manager.beacon(proof)
    assert.deepEqual([epoch, managerIndex], [1, 1])
    const { chainId, enigma, beaconKey } = network.config
    const { hash } = network.enigma.chain.block(network.enigma.chain.number)
    const message = beaconMessage(chainId, enigma, 1, hash)
    assert.ok(
      blsVerify(combineBlsSignatures([{ index: 1, value: partial }], 1), message, beaconKey, utf8Bytes(BEACON_DST)),
    )
    assert.deepEqual(await network.manager.beacon(proof), { epoch, partial, managerIndex })
    await network.stop()
  })

  it("is made for no other block, no unconfirmed and no unsigned one", async () => {
    const network = await TestNetwork.start()
    mineToStart(network)
    const { chain } = network.enigma
    const at = (number: bigint) => network.manager.beacon(chain.proof({ number }))
    await refuses("ENCLAVE_BEACON_HEIGHT", () => at(chain.number - 1n))
    chain.mine()
    await refuses("ENCLAVE_BEACON_HEIGHT", () => at(chain.number))
    await refuses("ENCLAVE_HEADER_SHALLOW", () =>
      network.manager.beacon(chain.proof({ number: chain.number - 1n, confirmations: 1 })),
    )
    await refuses("VERIFY_HEADER_UNTRUSTED", () =>
      network.manager.beacon(chain.proof({ number: chain.number - 1n, witnesses: [] })),
    )
    await at(chain.number - 1n)
    await network.stop()
  })

  it("is never made for two blocks of one height", async () => {
    const network = await TestNetwork.start()
    mineToStart(network)
    const { chain } = network.enigma
    await network.manager.beacon(chain.proof())
    chain.reorg(1)
    chain.mine()
    await refuses("ENCLAVE_HEADER_FORKED", () => network.manager.beacon(chain.proof()))
    // Also not when a deeper proof of the other block is brought.
    await refuses("ENCLAVE_HEADER_FORKED", () => network.manager.beacon(chain.proof({ confirmations: 30 })))
    await network.stop()
  })

  it("may be asked for after newer blocks were seen, as long as an epoch may be opened late", async () => {
    const network = await TestNetwork.start()
    mineToStart(network)
    const { chain } = network.enigma
    const start = chain.number
    chain.mine(256)
    await network.manager.advance(chain.proof())
    assert.equal((await network.manager.beacon(chain.proof({ number: start }))).epoch, 1)
    chain.mine()
    await network.manager.advance(chain.proof())
    await refuses("ENCLAVE_HEADER_OLDER", () => network.manager.beacon(chain.proof({ number: start })))
    await network.stop()
  })
})

describe("a key manager's keys", () => {
  const bundleOf = async (network: TestNetwork, id: number) => {
    const queue = network.enigma.queue(network.contract)
    return {
      request: (await network.worker(id).keyRequest(network.contract))!,
      proof: network.enigma.chain.proof(),
      records: queue.records.slice(queue.committed),
      previousLink: network.enigma.linkBefore(network.contract, queue.committed),
    }
  }

  it("are released to the drawn worker only, and only those that are due", async () => {
    const network = await (await TestNetwork.ready({ workers: 3 })).deployed()
    network.record({ calldata: lab.count() })
    network.openEpoch(2)
    network.openEpoch(2)
    await network.advance(2)
    await network.prove(2)
    const bundle = await bundleOf(network, 2)
    // The waiting record is of epoch 1, the only delta too; in force is 3.
    assert.deepEqual(
      bundle.request.wanted.map(({ purpose, epoch }) => [purpose, epoch]),
      [
        [1, 0],
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 3],
        [2, 1],
      ],
    )
    const release = (change: object, request: object = {}) =>
      network.manager.releaseKeys({ ...bundle, ...change, request: { ...bundle.request, ...request } })
    await release({})
    network.enigma.chain.mine(8)
    await network.manager.advance(network.enigma.chain.proof())
    await release({})
    await refuses("VERIFY_NOT_DRAWN", () => release({}, { workerId: 1 }))
    await refuses("VERIFY_WRONG_EPOCH", () => release({}, { epoch: 2 }))
    for (const wanted of [
      { purpose: 1, epoch: 4 },
      { purpose: 2, epoch: 2 },
      { purpose: 2, epoch: 0 },
    ] as const)
      await refuses("VERIFY_KEY_NOT_DUE", () => release({}, { wanted: [wanted] }))
    await refuses("VERIFY_NOT_DRAWN", () => release({}, { contract: otherContract(network) }))
    await refuses("VERIFY_LINK_MISMATCH", () => release({ previousLink: new Uint8Array(32) }))
    await refuses("VERIFY_HEADER_UNTRUSTED", () => release({ proof: { ...bundle.proof, signatures: [] } }))
    await refuses("VERIFY_PROOF_INCOMPLETE", () => release({ proof: { ...bundle.proof, nodes: [] } }))
    network.enigma.chain.mine()
    await network.manager.advance(network.enigma.chain.proof())
    await refuses("ENCLAVE_HEADER_OLDER", () => release({}))
    await network.stop()
  })

  it("are not released by omitting that records wait, nor to a banned worker", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    network.record({ calldata: lab.count() })
    network.openEpoch(2)
    await network.advance(2)
    await network.prove(2)
    const bundle = await bundleOf(network, 2)
    // Without the records, the oldest io key due is that of the epoch before the present one.
    await refuses("VERIFY_KEY_NOT_DUE", () => network.manager.releaseKeys({ ...bundle, records: [] }))
    network.enigma.register(2, network.identities.get(2)!, 10n, WORKER_STATUS.Banned)
    network.enigma.chain.mine()
    await refuses("VERIFY_WORKER_BANNED", () =>
      network.manager.releaseKeys({ ...bundle, proof: network.enigma.chain.proof() }),
    )
    await network.stop()
  })

  it("are sealed to the registered enclave: another one can't use the answer, nor the same one for another request", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    network.openEpoch(2)
    await network.advance(2)
    const bundle = await bundleOf(network, 2)
    const answer = await network.manager.releaseKeys(bundle)
    const clone = await network.backend.worker()
    await clone.configure(network.config)
    await clone.advance(network.enigma.chain.proof(), 2, [network.contract], [1])
    await refuses("ENCLAVE_NOT_THIS_WORKER", () => clone.keyAnswers(network.contract, [answer]))
    const { answers: unusable } = {
      answers: [{ ...answer, ciphertext: answer.ciphertext.map((b, i) => (i === 60 ? b ^ 1 : b)) }],
    }
    await refuses("ENCLAVE_KEY_ANSWERS_UNUSABLE", () => network.worker(2).keyAnswers(network.contract, unusable))
    await network.worker(2).keyAnswers(network.contract, [answer])
    await refuses("ENCLAVE_NO_KEY_REQUEST", () => network.worker(2).keyAnswers(network.contract, [answer]))
    network.openEpoch(1)
    await network.advance(1)
    await network.worker(1).keyRequest(network.contract)
    await refuses("ENCLAVE_KEY_ANSWERS_UNUSABLE", () => network.worker(1).keyAnswers(network.contract, [answer]))
    await clone.stop()
    await network.stop()
  })
})

describe("a committee of two of three", () => {
  const sealingKey = (measurement: Uint8Array) => quoting.sealingKey(measurement)

  it("gives any two of them the same keys, and one of them none", async () => {
    const shares = dealKeyShares(2, 3)
    const managers = await Promise.all(
      shares.map(async (share) => {
        const manager = await inProcess.keyManager()
        await manager.generate(sealShare(nodeCrypto, sealingKey(manager.measurement), share))
        return manager
      }),
    )
    const { beaconKey, contractKey } = shares[0]!
    const config = { keyThreshold: 2, keyManagers: 3, beaconKey, contractKey }
    const network = await TestNetwork.start({ config, committee: managers[0]! })
    for (const manager of managers.slice(1)) await manager.configure(network.config)
    network.openEpoch(1)
    const publicKeys: Uint8Array[] = []
    for (const chosen of [
      [0, 1],
      [1, 2],
      [0, 2],
    ]) {
      await network.advance(1)
      const request = (await network.worker(1).keyRequest(network.contract))!
      const proof = network.enigma.chain.proof()
      const previousLink = network.enigma.linkBefore(network.contract, 0)
      const ask = (i: number) => managers[i]!.releaseKeys({ request, proof, records: [], previousLink })
      const [first, second] = await Promise.all(chosen.map(ask))
      await refuses("ENCLAVE_KEY_ANSWERS_UNUSABLE", () => network.worker(1).keyAnswers(network.contract, [first!]))
      await refuses("ENCLAVE_KEY_ANSWERS_UNUSABLE", () =>
        network.worker(1).keyAnswers(network.contract, [first!, first!]),
      )
      const spoiled = { ...first!, ephemeralKey: second!.ephemeralKey }
      await network.worker(1).keyAnswers(network.contract, [spoiled, first!, second!])
      publicKeys.push((await network.worker(1).keyStatement(network.contract)).ioPublicKey)
      // The same epoch again, for another pair: being drawn anew wipes the keys.
      network.enigma.register(1, network.identities.get(1)!, 10n, WORKER_STATUS.Banned)
      network.enigma.chain.mine()
      await network.advance(1)
      network.enigma.register(1, network.identities.get(1)!, 10n)
      network.enigma.chain.mine()
    }
    assert.deepEqual(publicKeys[1], publicKeys[0])
    assert.deepEqual(publicKeys[2], publicKeys[0])
    await Promise.all([network.stop(), ...managers.slice(1).map((manager) => manager.stop())])
  })

  it("serves its own network only, and no key that the host made up is taken", async () => {
    const [share] = dealKeyShares(2, 3)
    const manager = await inProcess.keyManager()
    await manager.generate(sealShare(nodeCrypto, sealingKey(manager.measurement), share!))
    const config = baseConfig(share!.beaconKey, share!.contractKey)
    for (const [keyThreshold, keyManagers] of [
      [3, 3],
      [2, 4],
      [1, 3],
    ] as const)
      await refuses("ENCLAVE_BAD_CONFIG", () => manager.configure({ ...config, keyThreshold, keyManagers }))
    await manager.configure({ ...config, keyThreshold: 2, keyManagers: 3 })
    await manager.stop()
    const network = await (await TestNetwork.ready()).deployed()
    network.openEpoch(2)
    await network.advance(2)
    const request = (await network.worker(2).keyRequest(network.contract))!
    const domain = { ...network.config, crypto: nodeCrypto }
    const made = forgedAnswer(domain, request, network.identities.get(2)!.encryptionKey)
    await refuses("ENCLAVE_KEY_ANSWERS_UNUSABLE", () => network.worker(2).keyAnswers(network.contract, [made]))
    await network.stop()
  })

  it("restores a share on the same machine and program only", async () => {
    const first = await inProcess.keyManager()
    const { sealed, beaconKey, contractKey } = await first.generate(undefined)
    const again = await inProcess.keyManager()
    const restored = await again.generate(sealed)
    assert.deepEqual([restored.beaconKey, restored.contractKey], [beaconKey, contractKey])
    const other = await inProcess.keyManager()
    const altered = sealed.map((b, i) => (i === 40 ? b ^ 1 : b))
    await refuses("ENCLAVE_SEALED_STATE", () => other.generate(altered))
    await refuses("ENCLAVE_NO_SHARE", () => other.configure(baseConfig(beaconKey, contractKey)))
    await Promise.all([first, again, other].map((manager) => manager.stop()))
  })

  it("does not serve a network whose committee is another", async () => {
    const manager = await inProcess.keyManager()
    const { beaconKey, contractKey } = await manager.generate(undefined)
    const config = baseConfig(beaconKey, contractKey)
    for (const change of [{ beaconKey: contractKey }, { contractKey: beaconKey }, { keyThreshold: 2, keyManagers: 2 }])
      await refuses("ENCLAVE_BAD_CONFIG", () => manager.configure({ ...config, ...change }))
    await manager.configure(config)
    await manager.stop()
  })
})

const baseConfig = (beaconKey: Uint8Array, contractKey: Uint8Array) => ({
  version: 1,
  chainId: 31_337n,
  enigma: addressOf("enigma"),
  epochLengthBlocks: L,
  depth: 2,
  storageReceipts: 1,
  witnessThreshold: 1,
  witnesses: [addressOf("witness")],
  keyThreshold: 1,
  keyManagers: 1,
  beaconKey,
  contractKey,
  expiryBlocks: 400,
  inputsGraceBlocks: 4,
  keyManagerMeasurement: new Uint8Array(32),
})

/** An answer that opens, sealed by anyone, with signatures of a key that is not the committee's. */
function forgedAnswer(domain: Domain, request: KeyRequest, recipientKey: Uint8Array): SealedKeyAnswer {
  const key = newBlsSecretKey()
  const partials = request.wanted.map(({ purpose, epoch }) => {
    const message = prfMessage(purpose === 1 ? "io" : "state", domain.chainId, domain.enigma, request.contract, epoch)
    return compressG1(blsSign(message, key, utf8Bytes(PRF_DST)))
  })
  const answer = { managerIndex: 1, partials, newestBlock: 1n, newestHash: new Uint8Array(32) }
  const associatedData = keyAnswerAad(domain, request)
  const ephemeral = nodeCrypto.x25519KeyPair()
  const shared = nodeCrypto.x25519SharedSecret(ephemeral.secretKey, recipientKey)
  const sealing = keyAnswerSealing(domain, shared, ephemeral.publicKey, recipientKey, associatedData)
  const ciphertext = nodeCrypto.aes256GcmSeal({ ...sealing, associatedData }, encode(KeyAnswerCodec, answer))
  return { version: 1, ephemeralKey: ephemeral.publicKey, ciphertext }
}

/** A contract that worker 2 is not drawn for in the present epoch. */
function otherContract(network: TestNetwork): Uint8Array {
  for (let i = 0; ; i++) {
    const contract = addressOf(`contract ${i}`)
    if (network.enigma.drawOf(contract) !== 2) return contract
  }
}
