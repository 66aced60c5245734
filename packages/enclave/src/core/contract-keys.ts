import { deriveKey, keccak256, SecretKey } from "@enigma-discovery/crypto"
import { type KeyPurpose, PRF_SALT, prfInfo, prfMessage } from "@enigma-discovery/protocol"
import { enclaveErrors } from "../errors.ts"
import type { Domain } from "./domain.ts"

/** Keys of a contract's inputs and outputs in one epoch, and of the randomness of the records of that epoch. */
export interface IoKeys {
  /** X25519. */
  readonly secretKey: SecretKey
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly randomKey: SecretKey
}

/** A contract's keys by epoch, derived from PRF values (PROTOCOL §7.2). Never written anywhere; wiped when the epoch changes. */
export class ContractKeys {
  readonly #domain: Domain
  readonly #contract: Uint8Array
  readonly #io = new Map<number, IoKeys>()
  readonly #state = new Map<number, SecretKey>()

  constructor(domain: Domain, contract: Uint8Array) {
    this.#domain = domain
    this.#contract = contract
  }

  has(purpose: KeyPurpose, epoch: number): boolean {
    return purpose === "io" ? this.#io.has(epoch) : this.#state.has(epoch)
  }

  /** Takes a PRF value that was checked against the committee's key: 48 bytes, wiped here. */
  addPrfValue(purpose: KeyPurpose, epoch: number, value: Uint8Array): void {
    if (this.has(purpose, epoch)) return
    const { crypto, chainId, enigma } = this.#domain
    const messageHash = keccak256(prfMessage(purpose, chainId, enigma, this.#contract, epoch))
    const inputKey = SecretKey.take(value)
    const derive = (use: Parameters<typeof prfInfo>[0]) =>
      deriveKey(crypto, { inputKey, salt: PRF_SALT, info: prfInfo(use, messageHash) })
    if (purpose === "state") this.#state.set(epoch, derive("stateAead"))
    else {
      const secretKey = derive("ioX25519")
      this.#io.set(epoch, { secretKey, publicKey: crypto.x25519PublicKey(secretKey), randomKey: derive("ioRandom") })
    }
    inputKey.wipe()
  }

  /** A state key that came wrapped in a delta. */
  addStateKey(epoch: number, key: SecretKey): void {
    if (this.#state.has(epoch)) key.wipe()
    else this.#state.set(epoch, key)
  }

  /** @throws ENCLAVE_KEYS_MISSING */
  io(epoch: number): IoKeys {
    const keys = this.#io.get(epoch)
    if (keys === undefined) throw enclaveErrors.make("KEYS_MISSING", { purpose: "io", epoch })
    return keys
  }

  /** @throws ENCLAVE_KEYS_MISSING */
  state(epoch: number): SecretKey {
    const key = this.#state.get(epoch)
    if (key === undefined) throw enclaveErrors.make("KEYS_MISSING", { purpose: "state", epoch })
    return key
  }

  wipe(): void {
    for (const { secretKey, randomKey } of this.#io.values()) {
      secretKey.wipe()
      randomKey.wipe()
    }
    for (const key of this.#state.values()) key.wipe()
    this.#io.clear()
    this.#state.clear()
  }
}
