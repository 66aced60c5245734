import { type ConformanceNetwork, type ConformanceTask, enclaveConformance } from "@enigma-discovery/testing"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { processes } from "./support/processes.ts"

const CALLDATA: Readonly<Record<ConformanceTask, () => Uint8Array>> = {
  count: lab.count,
  revert: () => lab.revert("no"),
  random: lab.random,
}

const codeOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (error: Error) => error.name,
  )

async function start(backend: Backend): Promise<ConformanceNetwork> {
  const network = await (await TestNetwork.ready({ backend })).deployed()
  const { chain } = network.enigma
  let drawn = 1
  return {
    form: network.worker(1).isolation.form,
    record: (kinds) => Promise.resolve(network.record(...kinds.map((kind) => ({ calldata: CALLDATA[kind]() })))),
    async execute(tasks) {
      const recorded = tasks as readonly RecordedTask[]
      const results = await network.execute(drawn, recorded)
      return results.map(({ receipt, output, delta }, i) => ({
        status: receipt.status,
        data: output && recorded[i]!.open(output, receipt.taskId).data,
        delta,
      }))
    },
    commit: async () => (await network.commit(drawn)).data.receipts.length,
    async handOver() {
      drawn = 3 - drawn
      network.openEpoch(drawn)
      await network.equip(drawn)
      return await network.worker(drawn).replay(network.contract, network.deltas)
    },
    offerOlderProof: () => codeOf(network.advance(drawn, chain.proof({ number: chain.number - 1n }))),
    askAboutStranger: () => codeOf(network.worker(drawn).queue(addressOf("stranger"))),
    stop: () => network.stop(),
  }
}

enclaveConformance("in-process", () => start(inProcess))
enclaveConformance("process", () => start(processes))
