import type { KeyManagerEnclave } from "@enigma-discovery/enclave/host"
import type { Reputation } from "../p2p/reputation.ts"
import type { Requester } from "../p2p/requests.ts"
import type { Directory } from "../peers/directory.ts"
import type { BeaconSource } from "./beacon.ts"

export interface BeaconSourcesOptions {
  readonly directory: Pick<Directory, "withRole">
  readonly requester: Requester
  readonly reputation: Reputation
  /** This node's own enclave, where it is a key manager. */
  readonly own?: Pick<KeyManagerEnclave, "beacon">
}

/** The key managers that can be asked now: this node's own, then connected peers. */
export const beaconSources =
  ({ directory, requester, reputation, own }: BeaconSourcesOptions) =>
  (): readonly BeaconSource[] => [
    ...(own === undefined
      ? []
      : [{ ask: ({ proof }: { proof: Parameters<typeof own.beacon>[0] }) => own.beacon(proof), blame() {} }]),
    ...directory.withRole("key-manager").map(
      ({ peer }): BeaconSource => ({
        ask: (request, signal) => requester.ask(peer, "beacon", request, signal),
        blame: () => reputation.report(peer.toString(), "invalid"),
      }),
    ),
  ]
