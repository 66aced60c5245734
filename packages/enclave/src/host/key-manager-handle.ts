import type { ChainProof, KeyRequestBundle, SealedKeyAnswer } from "@enigma-discovery/protocol"
import type { KeyManagerEnclave, ViewStatus } from "../api.ts"
import { KEY_MANAGER_CALLS } from "../pipe/calls.ts"
import { EnclaveHandle, type HandleOptions } from "./enclave-handle.ts"

/** A key-manager enclave over any link. */
export class KeyManagerHandle extends EnclaveHandle<typeof KEY_MANAGER_CALLS> implements KeyManagerEnclave {
  constructor(options: HandleOptions) {
    super(KEY_MANAGER_CALLS, options)
  }

  generate(sealed: Uint8Array | undefined) {
    return this.call("generate", { sealingKey: this.quoting.sealingKey(this.measurement), sealed })
  }

  advance(proof: ChainProof): Promise<ViewStatus> {
    return this.call("advance", { proof })
  }

  beacon(proof: ChainProof) {
    return this.call("beacon", { proof })
  }

  releaseKeys(bundle: KeyRequestBundle): Promise<SealedKeyAnswer> {
    return this.call("releaseKeys", bundle)
  }
}
