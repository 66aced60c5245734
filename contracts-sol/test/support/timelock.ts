import { ZeroHash } from "ethers"
import type { EnigmaTimelock } from "../../../types/ethers-contracts/index.ts"
import type { Deployment } from "./network.ts"

export const TIMELOCK_DELAY_S = 3_600

export const timelockOf = (d: Deployment): EnigmaTimelock => d.deployed.timelock as unknown as EnigmaTimelock

/** Has the timelock make a call, after its delay. */
export async function byTimelock(d: Deployment, target: string, data: string): Promise<void> {
  const timelock = timelockOf(d)
  await (await timelock.schedule(target, 0, data, ZeroHash, ZeroHash, TIMELOCK_DELAY_S)).wait()
  await d.networkHelpers.time.increase(TIMELOCK_DELAY_S)
  await (await timelock.execute(target, 0, data, ZeroHash, ZeroHash)).wait()
}
