// Act 3: three people, three secrets, one answer. Act 4: the epoch ends, and all of it is one batch.
import { RECEIPT_RING_SIZE, toHex } from "@enigma-discovery/protocol"
import { Wallet } from "ethers"
import { deploySolidity } from "../examples.ts"
import { randomWorth, richestOf } from "../people.ts"
import { answer, type Called, call, committedFrom, type Stage, workerById } from "../scene.ts"
import { thousands } from "../tell.ts"

const sameAddress = (a: unknown, b: string): boolean => String(a).toLowerCase() === b.toLowerCase()
export const nameOf = ({ people }: Stage, address: unknown): string =>
  people.find((person) => sameAddress(address, person.address))?.name ?? String(address)

/** Asks the secret contract and compares with what the clear values give. @returns the address it named */
export async function checkRichest(stage: Stage, called: Called): Promise<string> {
  const found = String(await answer(stage, called))
  const expected = richestOf(stage.worths)
  stage.claims.check(`the answer is ${nameOf(stage, found)}, as computed in the clear`, sameAddress(found, expected))
  return found
}

export async function addAndCompute(stage: Stage): Promise<Called> {
  const { people, worths } = stage
  for (const { address } of people) worths.set(address, randomWorth())
  const added = await Promise.all(
    people.map((person) =>
      call(stage, person, { fn: "addMillionaire", args: [person.address, worths.get(person.address)] }),
    ),
  )
  for (const one of added) await answer(stage, one)
  const asked = await call(stage, people[0]!, { fn: "computeRichest", args: [] })
  await checkRichest(stage, asked)
  return asked
}

/** @returns whether the receipt of `proven` was proven to a Solidity contract */
export async function commitAtEpochEnd(stage: Stage, proven: Called): Promise<boolean> {
  const { network, teller, claims, secretContract } = stage
  const { submitted } = await network.enigma.queue(secretContract)
  teller.line(
    "chain",
    `fast-forwarded by ${await network.enigma.advanceToCommitWindow()} blocks, to the last of the epoch`,
  )
  const batches = await committedFrom(stage, 0)
  const [batch] = batches
  const one = batches.length === 1 && batch?.toIndex === submitted && batch.callbacks === 0
  const by = batch && workerById(stage, batch.workerId).name
  teller.line("batch", `${submitted} receipts by ${by}, ${thousands(batch?.gasUsed ?? 0n)} gas for all of them`)
  claims.check(`all ${submitted} tasks are committed by one batch`, one)
  return await proveReceipt(stage, proven)
}

/** Where Enigma keeps the root of a task's batch: its number modulo the ring's size. */
async function ringPosition({ network, secretContract }: Stage, index: number): Promise<number> {
  const batches = await network.enigma.batches(secretContract)
  return batches.findIndex(({ fromIndex, toIndex }) => fromIndex <= index && index < toIndex) % RECEIPT_RING_SIZE
}

async function proveReceipt(stage: Stage, { handle, person }: Called): Promise<boolean> {
  const { network, teller, claims, signal, secretContract, artifacts } = stage
  const { receipt, proof, status } = await handle.receipt({ signal })
  const signer = new Wallet(person.account.privateKey, network.chain.provider)
  const ledger = await deploySolidity(artifacts, "TaskLedger", signer, [network.addresses.enigma, secretContract])
  const position = await ringPosition(stage, receipt.index)
  const siblings = proof.map(toHex)
  const prove = ledger.contract.getFunction("prove")
  const done = await (await prove(receipt, siblings, position)).wait()
  const kept = Number(await ledger.contract.getFunction("statusOf")(toHex(receipt.taskId)))
  teller.line(
    "Solidity",
    `TaskLedger took the receipt of task ${receipt.index} with ${proof.length} siblings, ${thousands(done.gasUsed)} gas`,
  )
  const forged = { ...receipt, gasClass: receipt.gasClass + 1n }
  const refused = await prove.staticCall(forged, siblings, position).then(
    () => false,
    () => true,
  )
  claims.check("a receipt changed by one unit of gas is refused", refused)
  return claims.check(`the receipt is proven in Solidity: ${status}`, status === "Success" && kept === receipt.status)
}
