import type { NetworkConfig } from "@enigma-discovery/protocol"
import { headerTrustText } from "@enigma-discovery/verify"
import type { EnclaveIdentity, EnclaveStatus, IsolationStatus } from "../api.ts"
import { Caller } from "../pipe/caller.ts"
import type { AnswerOf, Calls, KEY_MANAGER_CALLS, RequestOf, WORKER_CALLS } from "../pipe/calls.ts"
import type { Ended, Link, OpenLink } from "../pipe/link.ts"
import type { QuotingHardware } from "./dev-quoting.ts"

export interface HandleOptions {
  readonly open: OpenLink
  readonly measurement: Uint8Array
  readonly isolation: IsolationStatus
  readonly quoting: QuotingHardware
}

type AnyCalls = typeof WORKER_CALLS | typeof KEY_MANAGER_CALLS

/** What both kinds of enclave have in common at the host: a link, the calls over it, and the quoting hardware. */
export class EnclaveHandle<T extends AnyCalls & Calls> {
  readonly measurement: Uint8Array
  readonly isolation: IsolationStatus
  readonly ended: Promise<Ended>
  protected readonly quoting: QuotingHardware
  #headerTrust = "none yet"
  readonly #link: Link
  readonly #caller: Caller<T>

  constructor(calls: T, { open, measurement, isolation, quoting }: HandleOptions) {
    this.measurement = measurement
    this.isolation = isolation
    this.quoting = quoting
    this.#link = open({ onBody: (body) => this.#caller.receive(body) })
    this.#caller = new Caller(
      calls,
      (body) => this.#link.send(body),
      (why) => this.#link.abort(why),
    )
    this.ended = this.#link.ended.then((ended) => {
      this.#caller.end(ended.detail)
      return ended
    })
  }

  async configure(config: NetworkConfig): Promise<EnclaveIdentity> {
    const identity = await this.call("configure", { config } as RequestOf<T["configure"]>)
    this.#headerTrust = headerTrustText(config)
    return identity
  }

  status(): EnclaveStatus {
    const { measurement, isolation } = this
    return Object.freeze({ measurement, isolation, headerTrust: this.#headerTrust })
  }

  async quote(operator: Uint8Array): Promise<Uint8Array> {
    const { reportData } = await this.call("report", { operator } as RequestOf<T["report"]>)
    return this.quoting.quote(this.measurement, reportData)
  }

  async stop(): Promise<void> {
    await this.#link.stop()
    await this.ended
  }

  protected call<N extends keyof T & string>(name: N, request: RequestOf<T[N]>): Promise<AnswerOf<T[N]>> {
    return this.#caller.call(name, request)
  }
}
