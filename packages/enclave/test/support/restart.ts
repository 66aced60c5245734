import type { TestNetwork } from "./network.ts"

/** A worker's enclave that crashed and came back: another identity, registered anew, in the same epoch. */
export async function restart(network: TestNetwork, id: number): Promise<void> {
  const worker = network.workers.find((one) => one.id === id)!
  await worker.enclave.stop()
  const enclave = await network.backend.worker()
  const identity = await enclave.configure(network.config)
  network.workers.splice(network.workers.indexOf(worker), 1, { id, enclave })
  network.identities.set(id, identity)
  network.enigma.register(id, identity)
  network.enigma.chain.mine()
  await network.equip(id)
  await enclave.replay(network.contract, network.deltas)
}
