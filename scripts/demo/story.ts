// The main job, told as it happens: from a network to the death of a worker. Every claim is checked.
import { announce } from "./acts/callback.ts"
import { addAndCompute, commitAtEpochEnd } from "./acts/compute.ts"
import { deploy } from "./acts/deploy.ts"
import { finishElsewhere, killDrawnWorker } from "./acts/handover.ts"
import { richestOf } from "./people.ts"
import type { Findings } from "./report.ts"
import type { Scene } from "./scene.ts"

export interface Told {
  readonly secretContract: string
  readonly findings: Findings
}

export async function tellStory(scene: Scene): Promise<Told> {
  const { teller } = scene
  teller.step("A secret contract and a Solidity contract that know each other")
  const stage = await deploy(scene)

  teller.step("Three people, three secrets, one answer")
  const calls = await addAndCompute(stage)

  teller.step("The epoch ends: one batch for all of it, and a receipt proven in Solidity")
  const receiptProofVerified = await commitAtEpochEnd(stage, calls)

  teller.step("A callback into Ethereum, committed at once")
  const callbackSeen = await announce(stage)

  teller.step("The drawn worker is killed with work undone")
  const orphaned = await killDrawnWorker(stage)

  teller.step("Another worker is drawn and finishes it")
  const { richest, handover } = await finishElsewhere(stage, orphaned)

  const expectedRichest = richestOf(stage.worths)
  return {
    secretContract: stage.secretContract,
    findings: { richest, expectedRichest, handover, receiptProofVerified, callbackSeen },
  }
}
