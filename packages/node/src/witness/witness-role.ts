/** The witness's process: its own Ethereum node, its own key, and a voice among the peers. */
import { headerTopic, toHex } from "@enigma-discovery/protocol"
import { startBase } from "../base.ts"
import type { WitnessConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { nodeErrors } from "../errors.ts"
import { startLoop } from "../internal/loop.ts"
import { errorFields } from "../log.ts"
import type { RunningNode } from "../roles.ts"
import { startGateway, statusBackend } from "../rpc/gateway.ts"
import { startServices } from "../services.ts"
import { onStack } from "../stack.ts"
import { createWitness } from "./witness.ts"
import { createWitnessSigner } from "./witness-signer.ts"

export const startWitnessNode = (config: WitnessConfig, deps: NodeDeps): Promise<RunningNode> =>
  onStack(config.stopTimeoutMs, async (up) => {
    const { network } = config
    const { log, clock } = deps
    const base = await startBase(up, config, deps)
    const { tables, rpc, headers, gossip, metrics } = base
    const signer = await up.start("witness key", () =>
      createWitnessSigner({
        secretKey: config.witnessKey,
        chainId: network.chainId,
        depth: network.depth,
        store: tables.store,
      }),
    )
    if (!network.witnesses.some((listed) => toHex(listed) === toHex(signer.address)))
      throw nodeErrors.make("WITNESS_NOT_LISTED", { address: toHex(signer.address) })
    metrics.describe("witness_attestations", "counter", "Headers vouched for, by confirmations.")
    const topic = headerTopic(network.chainId)
    const witness = createWitness({
      rpc,
      signer,
      depth: network.depth,
      fromBlock: config.chain.fromBlock,
      publish: (attestation) => {
        headers.submit(attestation)
        metrics.add("witness_attestations", { confirmations: String(attestation.confirmations) })
        gossip
          .publish(topic, { type: "header", body: attestation })
          .catch((error) => log.warn("attestation not gossiped", errorFields(error)))
      },
    })
    let failing = false
    const look = await up.start("witness", async () => {
      await witness.look(deps.signal)
      return startLoop({
        clock,
        everyMs: config.chain.pollMs,
        run: async (signal) => {
          await witness.look(signal)
          failing = false
        },
        onError: (error) => {
          if (nodeErrors.is(error, "WITNESS_CONFLICT")) throw error
          failing = true
          log.warn("looking at the chain failed", errorFields(error))
        },
      })
    })
    const { self } = await startServices(up, base, { role: "witness", blockNumber: () => witness.head() ?? 0 })
    const gateway = await startGateway(up, base, {
      backend: statusBackend(base, { role: "witness", blockNumber: () => witness.head() ?? 0 }),
      ready: () => ({ ok: !failing, blockNumber: witness.head() ?? 0 }),
    })
    return {
      ready: { event: "ready", role: "witness", ...self(), ...gateway, signer: toHex(signer.address) },
      failed: look.failed,
    }
  })
