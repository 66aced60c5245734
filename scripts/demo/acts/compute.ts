// Act 3: three people, three secrets, one answer. Act 4: the epoch ends, and all of it is one batch.
import { RECEIPT_RING_SIZE, toHex } from "@enigma-discovery/protocol"
import { Wallet } from "ethers"
import { deploySolidity } from "../examples.ts"
import { randomWorth, richestOf } from "../people.ts"
import { answer, type Called, call, committedFrom, roomInEpoch, type Stage, workerById } from "../scene.ts"
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

/** @returns the calls in the order of their answers, the question last */
export async function addAndCompute(stage: Stage): Promise<readonly Called[]> {
  const { people, worths } = stage
  await roomInEpoch(stage)
  for (const { address } of people) worths.set(address, randomWorth())
  const added = await Promise.all(
    people.map((person) =>
      call(stage, person, { fn: "addMillionaire", args: [person.address, worths.get(person.address)] }),
    ),
  )
  for (const one of added) await answer(stage, one)
  const asked = await call(stage, people[0]!, { fn: "computeRichest", args: [] })
  await checkRichest(stage, asked)
  return [...added, asked]
}

/** @returns whether the receipt of the last call was proven to a Solidity contract */
export async function commitAtEpochEnd(stage: Stage, calls: readonly Called[]): Promise<boolean> {
  const { network, teller, claims, signal, secretContract } = stage
  const { submitted, committed } = await network.enigma.queue(secretContract)
  const skipped = await network.enigma.advanceToCommitWindow()
  if (skipped > 0) teller.line("chain", `fast-forwarded by ${skipped} blocks, to where workers commit`)
  const [batch, ...others] = await committedFrom(stage, committed)
  if (!batch) throw new Error("there is no batch")
  const by = workerById(stage, batch.workerId).name
  const receipts = batch.toIndex - batch.fromIndex
  teller.line("batch", `${receipts} receipts by ${by}, ${thousands(batch.gasUsed)} gas for all of them`)
  const one =
    others.length === 0 && batch.fromIndex === committed && batch.toIndex === submitted && batch.callbacks === 0
  claims.check(`all ${submitted - committed} waiting tasks were committed by one batch at the epoch's end`, one)
  const proven = await Promise.all(calls.map(({ handle }) => handle.receipt({ signal })))
  claims.check(
    `each of the ${calls.length} receipts was verified by its caller`,
    proven.every(({ status, transactionHash }) => status === "Success" && transactionHash === batch.transactionHash),
  )
  return await proveReceipt(stage, calls.at(-1)!)
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
