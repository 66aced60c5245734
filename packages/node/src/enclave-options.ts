/** How a node starts its enclave: the configured program, measured, under the simulated hardware. */
import { createDevQuoting, type StartOptions } from "@enigma-discovery/enclave/host"
import type { KeyGenerationConfig } from "./config.ts"
import type { Clock } from "./deps.ts"
import { nodeErrors } from "./errors.ts"

/** Ethereum's main network, where a simulation attests nothing. */
const MAINNET_CHAIN_ID = 1n

/** `chainId` undefined: before there is a network (key generation). @throws NODE_DEV_ROOT_REFUSED */
export function enclaveOptions(
  { program, measurement, memoryMb, devRootKey }: KeyGenerationConfig["enclave"],
  clock: Pick<Clock, "now">,
  chainId: bigint | undefined,
): StartOptions {
  if (chainId === MAINNET_CHAIN_ID) throw nodeErrors.make("DEV_ROOT_REFUSED", { chainId })
  const now = () => BigInt(Math.floor(clock.now() / 1_000))
  const quoting = createDevQuoting({ rootKey: devRootKey.reveal(), now })
  return { program, measurement, memoryMb, quoting }
}

/** One sentence on what the enclave's walls are made of. */
export const isolationText = (isolation: {
  readonly form: string
  readonly network: string
  readonly filesystem: string
  readonly notes: readonly string[]
}): string =>
  [`${isolation.form}, network ${isolation.network}, filesystem ${isolation.filesystem}`, ...isolation.notes].join("; ")
