/** libp2p hosts on loopback for tests. */
import { createHash } from "node:crypto"
import { systemClock } from "../../src/deps.ts"
import { silentLogger } from "../../src/log.ts"
import { type Host, type HostOptions, type RunningHost, startHost } from "../../src/p2p/host.ts"

/** A key of its own for each name. */
export const keyOf = (name: string): Uint8Array => new Uint8Array(createHash("sha256").update(name).digest())

export const startPeer = (name: string, options: Partial<HostOptions> = {}): Promise<RunningHost> =>
  startHost({
    identityKey: keyOf(name),
    listen: ["/ip4/127.0.0.1/tcp/0"],
    announce: [],
    bootstrap: [],
    maxPeers: 20,
    trustedIps: ["127.0.0.1"],
    chainId: 31_337n,
    discover: false,
    clock: systemClock,
    log: silentLogger,
    ...options,
  })

export async function connect(from: Host, to: Host): Promise<void> {
  await from.dial(to.getMultiaddrs())
}

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
