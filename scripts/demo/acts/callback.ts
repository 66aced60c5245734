// Act 5: the secret contract calls Ethereum, and its worker commits at once.
import { Wallet } from "ethers"
import { richestOf } from "../people.ts"
import { type Called, call, committedFrom, roomInEpoch } from "../scene.ts"
import { seconds, thousands } from "../tell.ts"
import { nameOf } from "./compute.ts"
import type { Deployed } from "./deploy.ts"

const CALLBACK_GAS = 200_000n

/** @returns whether Ethereum heard the right name from the right sender */
export async function announce(stage: Deployed): Promise<boolean> {
  const { network, teller, claims, signal, people, registry, secretContract, worths } = stage
  const { epochLengthBlocks, commitBlocks } = network.options
  await roomInEpoch(stage)
  const { submitted: before } = await network.enigma.queue(secretContract)
  const called: Called = await call(stage, people[1]!, { fn: "announceRichest", args: [], callbackGas: CALLBACK_GAS })
  const receipt = await called.handle.receipt({ signal })
  const [batch] = await committedFrom(stage, before)
  teller.line(
    "batch",
    `committed ${seconds(performance.now() - called.calledAt)} after the call, ${thousands(batch?.gasUsed ?? 0n)} gas with the callback`,
  )
  claims.check(
    "it was committed at once, before the epoch's end",
    batch !== undefined &&
      batch.callbacks === 1 &&
      batch.blockNumber % epochLengthBlocks < epochLengthBlocks - commitBlocks,
  )
  const announced = String(await registry.getFunction("richest")())
  const events = await registry.queryFilter("RichestAnnounced", receipt.blockNumber, receipt.blockNumber)
  teller.line("Ethereum", `RichestRegistry heard ${nameOf(stage, announced)} from ${secretContract}`)
  const heard =
    receipt.status === "Success" && events.length === 1 && events[0]?.transactionHash === receipt.transactionHash
  const right = announced.toLowerCase() === richestOf(worths).toLowerCase()
  const stranger = new Wallet(people[2]!.account.privateKey, network.chain.provider)
  const asStranger = registry.connect(stranger) as typeof registry
  const refused = await asStranger
    .getFunction("announce")
    .staticCall(people[2]!.address)
    .then(
      () => false,
      () => true,
    )
  claims.check("the registry refuses the same announcement from anybody else", refused)
  return claims.check("the callback announced the right one on Ethereum", heard && right)
}
