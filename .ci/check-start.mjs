// Checks what `npm start --silent -- --json` printed: exactly one JSON object, complete, and ok.
import assert from "node:assert/strict"
import fs from "node:fs"

const text = fs.readFileSync(process.argv[2], "utf8")
let result
try {
  result = JSON.parse(text)
} catch (error) {
  console.error(`not one JSON object: ${error.message}\n${text.slice(0, 2_000)}`)
  process.exit(1)
}
console.log(JSON.stringify(result, undefined, 2))
try {
  assert.equal(result?.ok, true, "ok")
  assert.equal(typeof result.richest, "string", "richest")
  assert.equal(result.richest, result.expectedRichest, "richest")
  assert.ok(Number(result.tasks?.length ?? result.tasks) > 0, "tasks")
  assert.ok(result.workers?.length >= 3, "workers")
  for (const { operator, stake, tasksExecuted } of result.workers) {
    assert.ok(operator && stake && Number(tasksExecuted) >= 0, "each worker")
  }
  const triggers = result.batches?.map(({ trigger }) => trigger) ?? []
  assert.ok(triggers.includes("epoch") && triggers.includes("callback"), "batches of both kinds")
  for (const { receipts, gas, epoch, contract } of result.batches) {
    assert.ok(receipts > 0 && Number(gas) > 0 && epoch !== undefined && contract, "each batch")
  }
  assert.equal(result.handover?.ok, true, "handover")
  assert.notEqual(result.handover.from, result.handover.to, "handover to another")
  assert.equal(result.receiptProofVerified, true, "receiptProofVerified")
  assert.equal(result.callbackSeen, true, "callbackSeen")
  assert.ok(result.seconds > 0, "seconds")
} catch (error) {
  console.error(`not as promised: ${error.message}`)
  process.exit(1)
}
