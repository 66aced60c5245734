// Who takes part: three users with net worths nobody else knows, and the richest among them, computed in the clear.
import { randomInt } from "node:crypto"
import { type Client, createClient } from "@enigma-discovery/client"
import type { DevAccount, Devnet, DevnetWorker } from "@enigma-discovery/devnet"
import { Wallet } from "ethers"

const POLL_INTERVAL_MS = 100
const MAX_WORTH = 2 ** 40

export interface Person {
  readonly name: string
  readonly address: string
  readonly account: DevAccount
}

/** A new secret at each run. */
export const randomWorth = (): bigint => 1_000_000n + BigInt(randomInt(MAX_WORTH))

export const people = (network: Devnet): readonly Person[] =>
  network.accounts.users.slice(0, 3).map((account) => ({ name: account.name, address: account.address, account }))

/** The contract's rule, without the contract: highest worth, of equals the lowest address. */
export function richestOf(worths: ReadonlyMap<string, bigint>): string {
  const ranked = [...worths].sort(([a, worthA], [b, worthB]) =>
    worthA === worthB ? (a.toLowerCase() < b.toLowerCase() ? -1 : 1) : worthA > worthB ? -1 : 1,
  )
  const [first] = ranked
  if (first === undefined) throw new Error("nobody was added")
  return first[0]
}

/** A person's client, which knows these gateways and no others, and trusts the network by its pinned configuration. */
export const clientOf = (network: Devnet, { account }: Person, gateways: readonly DevnetWorker[]): Client =>
  createClient({
    chainId: network.chain.chainId,
    enigmaAddress: network.addresses.enigma,
    provider: network.chain.provider,
    signer: new Wallet(account.privateKey, network.chain.provider),
    gateways: gateways.map(({ gatewayUrl }) => gatewayUrl),
    trust: { devRoot: network.trust.devRoot, measurements: "chain", network: network.trust.network },
    pollIntervalMs: POLL_INTERVAL_MS,
  })
