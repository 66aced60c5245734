import type { EthereumProvider } from "hardhat/types/providers"

interface Kept {
  snapshot: unknown
  readonly value: unknown
}

/**
 * `loadFixture` for tests that also run on real networks: the in-process network goes back to where it was after the fixture; on a
 * real network, which can't, the fixture runs anew each time.
 */
export function fixtureLoader(provider: EthereumProvider, canGoBack: boolean) {
  const kept = new Map<() => Promise<unknown>, Kept>()
  const snapshot = () => provider.request({ method: "evm_snapshot", params: [] }) as Promise<unknown>

  return async function loadFixture<T>(fixture: () => Promise<T>): Promise<T> {
    if (!canGoBack) return await fixture()
    const known = kept.get(fixture)
    // A snapshot is gone when the network went back to one before it; the fixture then starts over.
    if (known !== undefined && (await provider.request({ method: "evm_revert", params: [known.snapshot] })) === true) {
      known.snapshot = await snapshot()
      return known.value as T
    }
    const value = await fixture()
    kept.set(fixture, { snapshot: await snapshot(), value })
    return value
  }
}
