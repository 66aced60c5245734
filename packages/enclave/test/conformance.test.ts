import { MAX_ENVELOPE_BYTES, type TaskResult } from "@enigma-discovery/protocol"
import { type ConformanceNetwork, type ConformanceTask, enclaveConformance } from "@enigma-discovery/testing"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { processes } from "./support/processes.ts"
import { restart } from "./support/restart.ts"

const CALLDATA: Readonly<Record<ConformanceTask, () => Uint8Array>> = {
  count: lab.count,
  revert: () => lab.revert("no"),
  random: lab.random,
  trap: lab.trap,
  callback: () => lab.callback(addressOf("callee"), Uint8Array.of(1)),
}

const codeOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (error: Error) => error.name,
  )

/** Enough for a callback, and harmless for what makes none. */
const FIELDS = { callbackGas: 10n }

const read = (tasks: readonly RecordedTask[], results: readonly TaskResult[]) =>
  results.map(({ receipt, output, delta }, i) => ({
    status: receipt.status,
    outputHash: receipt.outputHash,
    data: output && tasks[i]!.open(output, receipt.taskId).data,
    delta,
  }))

async function start(backend: Backend): Promise<ConformanceNetwork> {
  const network = await (await TestNetwork.ready({ backend })).deployed()
  const { chain } = network.enigma
  let drawn = 1
  async function moveDraw(): Promise<void> {
    drawn = 3 - drawn
    network.openEpoch(drawn)
    await network.equip(drawn)
  }
  return {
    form: network.worker(1).isolation.form,
    record: (kinds) =>
      Promise.resolve(network.record(...kinds.map((kind) => ({ calldata: CALLDATA[kind](), fields: FIELDS })))),
    async execute(tasks) {
      const recorded = tasks as readonly RecordedTask[]
      return read(recorded, await network.execute(drawn, recorded))
    },
    commit: async (callbacksOk = true) => (await network.commit(drawn, { callbacksOk })).data.receipts.length,
    collect: async (tasks) =>
      read(tasks as readonly RecordedTask[], await network.worker(drawn).collect(network.contract)),
    async signUnstored() {
      await network.worker(drawn).prepareBatch(network.contract)
      return await codeOf(network.worker(drawn).signBatch(network.contract, []))
    },
    restart: () => restart(network, drawn),
    async handOver() {
      await moveDraw()
      return await network.worker(drawn).replay(network.contract, network.deltas)
    },
    async handOverAltered() {
      await moveDraw()
      const { deltas } = network
      const altered = deltas.map((delta, i) =>
        i === deltas.length - 1 ? delta.map((b, at) => (at === delta.length - 1 ? b ^ 1 : b)) : delta,
      )
      const code = await codeOf(network.worker(drawn).replay(network.contract, altered))
      const { inSync } = await network.worker(drawn).replay(network.contract, deltas)
      return { code, inSync }
    },
    async offerOversized() {
      const queued = network.enigma.queue(network.contract).records[0]!
      const envelope = new Uint8Array(MAX_ENVELOPE_BYTES + 1)
      return await codeOf(network.worker(drawn).execute(network.contract, [{ queued, envelope }]))
    },
    async stopDrawn() {
      const enclave = network.worker(drawn)
      await enclave.stop()
      const { expected } = await enclave.ended
      return { expected, code: await codeOf(enclave.queue(network.contract)) }
    },
    offerOlderProof: () => codeOf(network.advance(drawn, chain.proof({ number: chain.number - 1n }))),
    askAboutStranger: () => codeOf(network.worker(drawn).queue(addressOf("stranger"))),
    stop: () => network.stop(),
  }
}

enclaveConformance("in-process", () => start(inProcess))
enclaveConformance("process", () => start(processes))
