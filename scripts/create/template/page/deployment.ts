// Where the contracts are: `npm run deploy` writes it. Built without it, the page says so.
import type { TrustOptions } from "@enigma-discovery/client"
import type { AbiOf } from "@enigma-discovery/hardhat-plugin/types"
import ballot from "../secret-artifacts/Ballot.json"

export interface Deployment {
  readonly rpcUrl: string
  readonly chainId: number
  readonly enigma: {
    readonly enigmaAddress: string
    readonly gateways: readonly string[]
    readonly trust: TrustOptions
  }
  readonly poll: string
  readonly ballot: string
}

const found = import.meta.glob<Deployment>("./deployment.json", { eager: true, import: "default" })
export const deployment: Deployment | undefined = found["./deployment.json"]

/** Typed by what `hardhat build` generated: names, arguments and results of calls are checked. */
export const ballotAbi = ballot.abi as unknown as AbiOf<"Ballot">
