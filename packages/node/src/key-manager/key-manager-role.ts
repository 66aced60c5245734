/** The key manager's process: the enclave with the shares, and the door through which workers' enclaves ask for keys. */
import { startKeyManagerEnclave } from "@enigma-discovery/enclave/host"
import { equalBytes, toHex } from "@enigma-discovery/protocol"
import { startBase } from "../base.ts"
import { startTransactor } from "../chain/start-transactor.ts"
import type { KeyManagerConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { enclaveOptions, isolationText } from "../enclave-options.ts"
import { nodeErrors } from "../errors.ts"
import { startLoop } from "../internal/loop.ts"
import { beaconSources } from "../keeper/beacon-sources.ts"
import { startKeeper } from "../keeper/keeper.ts"
import { errorFields } from "../log.ts"
import type { RunningNode } from "../roles.ts"
import { startGateway, statusBackend } from "../rpc/gateway.ts"
import { startServices } from "../services.ts"
import { onStack, type Stack } from "../stack.ts"
import { createEnclaveView } from "./enclave-view.ts"
import { keyHandlers } from "./key-handlers.ts"
import { sharesIn } from "./sealed-shares.ts"

export const startKeyManagerNode = (config: KeyManagerConfig, deps: NodeDeps): Promise<RunningNode> =>
  onStack(config.stopTimeoutMs, async (up) => {
    const { network } = config
    const { log, clock } = deps
    const { enclave, signer } = await startEnclave(up, config, deps)
    const base = await startBase(up, config, deps)
    const { rpc, headers, metrics } = base
    const handlers = keyHandlers({ enclave, metrics, log })
    const blockNumber = () => Number(enclaveView?.view()?.blockNumber ?? 0)
    const services = await startServices(up, base, { role: "key-manager", blockNumber, handlers })
    const { enigma, depth } = network
    const enclaveView = createEnclaveView({ enclave, rpc, enigma, depth, headers, headerSource: services.headerSource })
    metrics.describe("enclave_block", "gauge", "Newest block the enclave knows.", blockNumber)
    await up.start("enclave's view", () =>
      startLoop({
        clock,
        everyMs: config.chain.pollMs,
        run: enclaveView.advance,
        onError: (error) => log.warn("advancing the enclave failed", errorFields(error)),
      }),
    )
    if (config.operatorKey !== undefined && config.keeper.enabled) {
      const transactor = await startTransactor(up, base, config.operatorKey)
      const sources = beaconSources({ ...services, reputation: base.p2p.reputation, own: enclave })
      await startKeeper(up, base, { ...config.keeper, transactor, headerSource: services.headerSource, sources })
    }
    const status = { measurement: enclave.measurement, isolation: isolationText(enclave.isolation) }
    const gateway = await startGateway(up, base, {
      backend: statusBackend(base, { role: "key-manager", blockNumber, enclave: status }),
      enclave: status,
      ready: () => ({ ok: enclaveView.view() !== undefined, blockNumber: blockNumber() }),
    })
    const identity = { signer: toHex(signer), measurement: toHex(enclave.measurement) }
    return {
      ready: { event: "ready", role: "key-manager", ...services.self(), ...gateway, ...identity },
      failed: enclave.ended.then(({ expected, detail }) =>
        expected ? new Promise<never>(() => {}) : nodeErrors.make("ENCLAVE_ENDED", { detail }),
      ),
    }
  })

/** @throws NODE_WRONG_PROGRAM, NODE_SHARES_MISSING, NODE_DEV_ROOT_REFUSED, ENCLAVE_* */
async function startEnclave(
  up: Stack,
  { dataDir, network, ...config }: KeyManagerConfig,
  { clock, startKeyManagerEnclave: start, shares = sharesIn(dataDir) }: NodeDeps,
) {
  const want = network.keyManagerMeasurement
  if (!equalBytes(config.enclave.measurement, want))
    throw nodeErrors.make("WRONG_PROGRAM", { got: toHex(config.enclave.measurement), want: toHex(want) })
  const sealed = await shares.read()
  if (sealed === undefined) throw nodeErrors.make("SHARES_MISSING", { directory: dataDir })
  const enclave = await up.start("enclave", () =>
    (start ?? startKeyManagerEnclave)(enclaveOptions(config.enclave, clock, network.chainId)),
  )
  await enclave.generate(sealed)
  const { signer } = await enclave.configure(network)
  return { enclave, signer }
}
