import { blsSign, compressG1, keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { bigintToBytes, PRF_DST, prfMessage, utf8Bytes } from "@enigma-discovery/protocol"
import { nextHead } from "@enigma-discovery/verify"
import { sealCheckpoint } from "../src/core/checkpoint.ts"
import { ContractKeys } from "../src/core/contract-keys.ts"
import { sealDelta } from "../src/core/delta.ts"
import { domainOf } from "../src/core/domain.ts"
import { dealKeyShares, sealShare } from "../src/core/key-share.ts"
import { type StateChange, StateMap } from "../src/core/state-map.ts"
import { type Backend, quoting, TestNetwork } from "../test/support/network.ts"

const EPOCH = 1
const ENTRY_BYTES = 1_000

/** A network whose committee's keys are known here, so that a long history can be sealed without executing it. */
export async function networkWithHistory(backend: Backend, make: (historian: Historian) => void): Promise<Historian> {
  const share = dealKeyShares(1, 1)[0]!
  const committee = await backend.keyManager()
  const sealed = sealShare(nodeCrypto, quoting.sealingKey(committee.measurement), share)
  const { beaconKey, contractKey } = await committee.generate(sealed)
  const network = await TestNetwork.start({ backend, workers: 1, committee, config: { beaconKey, contractKey } })
  const { enigma, config, contract } = network
  const keys = new ContractKeys(domainOf(config, nodeCrypto), contract)
  const message = prfMessage("state", config.chainId, config.enigma, contract, EPOCH)
  keys.addPrfValue("state", EPOCH, compressG1(blsSign(message, share.contractShare, utf8Bytes(PRF_DST))))
  const historian = new Historian(network, keys)
  make(historian)
  Object.assign(enigma.queue(contract), { head: historian.head, drawEpoch: EPOCH, drawnWorker: 1 })
  enigma.settle(contract, 0)
  network.openEpoch(1)
  await network.equip(1)
  return historian
}

/** Writes a contract's history: deltas as an enclave would have sealed them. */
export class Historian {
  readonly network: TestNetwork
  readonly links: Uint8Array[] = []
  head: Uint8Array = new Uint8Array(32)
  readonly #keys: ContractKeys

  constructor(network: TestNetwork, keys: ContractKeys) {
    this.network = network
    this.#keys = keys
  }

  /** A delta that sets one counter. */
  count(): void {
    const index = this.links.length
    const entry = (n: number) => ({ key: COUNTER, value: bigintToBytes(BigInt(n), 32), isPublic: false })
    this.#seal([{ key: COUNTER, before: index === 0 ? undefined : entry(index - 1), after: entry(index) }])
  }

  /** A checkpoint of so many bytes of values. */
  checkpoint(stateBytes: number): void {
    const { contract, config } = this.network
    const state = new StateMap()
    for (let i = 0; i * ENTRY_BYTES < stateBytes; i++)
      state.set({ key: bigintToBytes(BigInt(i), 8), value: new Uint8Array(ENTRY_BYTES).fill(i), isPublic: false })
    const links = sealCheckpoint(domainOf(config, nodeCrypto), this.#keys, contract, EPOCH, this.head, state)
    for (const link of links) this.#append(link)
  }

  #append(link: Uint8Array): void {
    this.links.push(link)
    this.head = nextHead(this.head, link)
  }

  #seal(changes: readonly StateChange[]): void {
    const { contract, config } = this.network
    const index = this.links.length
    const taskId = keccak256(bigintToBytes(BigInt(index), 32))
    const place = { contract, keyEpoch: EPOCH, index, taskId, previousHead: this.head, previousKeyEpoch: EPOCH }
    this.#append(sealDelta(domainOf(config, nodeCrypto), this.#keys, place, changes)!)
  }
}

const COUNTER = utf8Bytes("count")
