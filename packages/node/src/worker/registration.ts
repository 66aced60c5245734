/** Brings this worker into the registry: registered with the running enclave's keys, staked, logged in. */
import {
  addressOf,
  type ChainRpc,
  callView,
  chainErrors,
  enigmaErrors,
  enigmaInterface,
  tokenInterface,
} from "@enigma-discovery/chain/follow"
import type { MinedTransaction, Transactor } from "@enigma-discovery/chain/transact"
import type { EnclaveIdentity, WorkerEnclave } from "@enigma-discovery/enclave/host"
import {
  equalBytes,
  fromHex,
  type NetworkConfig,
  toHex,
  WORKER_STATUS,
  type WorkerInfo,
} from "@enigma-discovery/protocol"
import { trustHash } from "@enigma-discovery/verify"
import type { Interface } from "ethers"
import type { Clock } from "../deps.ts"
import { nodeErrors } from "../errors.ts"
import type { Logger } from "../log.ts"

export interface RegistrationOptions {
  readonly rpc: ChainRpc
  readonly network: NetworkConfig
  readonly transactor: Transactor
  readonly enclave: WorkerEnclave
  readonly identity: EnclaveIdentity
  readonly stakeGrains: bigint
  readonly pollMs: number
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface Registration {
  readonly info: WorkerInfo
  readonly accountImplementation: Uint8Array
}

interface Registered {
  readonly signer: Uint8Array
  readonly encryptionKey: Uint8Array
  readonly status: number
  readonly stakeGrains: bigint
}

/** @throws NODE_TRUST_MISMATCH, CHAIN_* */
export async function ensureRegistered(options: RegistrationOptions): Promise<Registration> {
  const { transactor, enclave, identity, log } = options
  const { token, accountImplementation } = await checkConfiguration(options)
  const operator = transactor.account
  const quote = await enclave.quote(operator)
  const keys = [toHex(identity.signer), toHex(identity.encryptionKey), toHex(quote)]
  let workerId = await workerIdOf(options, operator)
  if (workerId === 0) {
    await send(options, "register", [toHex(operator), ...keys], `register ${keys[0]}`)
    workerId = await workerIdOf(options, operator)
    log.info("registered", { workerId })
  } else if (!isAttested(await readWorker(options, workerId), identity)) {
    await send(options, "renewAttestation", [workerId, ...keys], `renew ${keys[0]}`)
    log.info("attestation renewed", { workerId })
  }
  await ensureStaked(options, workerId, token)
  if ((await readWorker(options, workerId)).status === WORKER_STATUS.Registered) {
    await send(options, "login", [workerId], `login ${workerId} ${keys[0]}`)
    log.info("logged in", { workerId })
  }
  const { signer, encryptionKey } = identity
  return { info: { workerId, operator, signer, encryptionKey, quote }, accountImplementation }
}

/** Renews the attestation of the running enclave, with a fresh quote. */
export async function renewAttestation(options: RegistrationOptions, workerId: number): Promise<Uint8Array> {
  const { enclave, identity, transactor, clock } = options
  const quote = await enclave.quote(transactor.account)
  const args = [workerId, toHex(identity.signer), toHex(identity.encryptionKey), toHex(quote)]
  await send(options, "renewAttestation", args, `renew ${toHex(identity.signer)} ${clock.now()}`)
  return quote
}

const isAttested = ({ signer, encryptionKey }: Registered, identity: EnclaveIdentity): boolean =>
  equalBytes(signer, identity.signer) && equalBytes(encryptionKey, identity.encryptionKey)

async function ensureStaked(options: RegistrationOptions, workerId: number, token: Uint8Array): Promise<void> {
  const { stakeGrains } = await readWorker(options, workerId)
  const missing = options.stakeGrains - stakeGrains
  if (missing <= 0n) return
  const { transactor, network, rpc, log } = options
  const enigma = toHex(network.enigma)
  const [allowance] = await callView(rpc, token, tokenInterface, "allowance", [toHex(transactor.account), enigma])
  if (BigInt(allowance as bigint) < missing)
    await send({ ...options, to: token, abi: tokenInterface }, "approve", [enigma, missing], `approve ${stakeGrains}`)
  await send(options, "stake", [workerId, missing], `stake ${workerId} from ${stakeGrains}`)
  log.info("staked", { workerId, grains: missing })
}

/** The contract must be the one this network's enclaves are told of. */
async function checkConfiguration({ rpc, network }: RegistrationOptions) {
  const [answer] = await callView(rpc, network.enigma, enigmaInterface, "parameters", [])
  const [implementation] = await callView(rpc, network.enigma, enigmaInterface, "accountImplementation", [])
  const found = answer as unknown as Record<string, unknown>
  if (!equalBytes(fromHex(String(found.trustHash), 32), trustHash(network)))
    throw nodeErrors.make("TRUST_MISMATCH", { enigma: toHex(network.enigma) })
  return { token: addressOf(found.token), accountImplementation: addressOf(implementation) }
}

async function workerIdOf({ rpc, network }: RegistrationOptions, operator: Uint8Array): Promise<number> {
  const [id] = await callView(rpc, network.enigma, enigmaInterface, "workerIdOfOperator", [toHex(operator)])
  return Number(id)
}

async function readWorker({ rpc, network }: RegistrationOptions, workerId: number): Promise<Registered> {
  const [answer] = await callView(rpc, network.enigma, enigmaInterface, "workerOf", [workerId])
  const worker = answer as unknown as Record<string, unknown>
  return {
    signer: addressOf(worker.signer),
    encryptionKey: fromHex(String(worker.encryptionKey), 32),
    status: Number(worker.status),
    stakeGrains: BigInt(worker.stakeGrains as bigint),
  }
}

/** While a start waits to be opened the registry's weights must not move; it is tried again until they may. */
async function send(
  options: RegistrationOptions & { readonly to?: Uint8Array; readonly abi?: Interface },
  method: string,
  args: readonly unknown[],
  id: string,
): Promise<MinedTransaction> {
  const { transactor, network, clock, signal, to = network.enigma, abi = enigmaInterface } = options
  const data = fromHex(abi.encodeFunctionData(method, args))
  for (;;) {
    signal.throwIfAborted()
    try {
      return await transactor.send({ id, lane: "registration", to, data, method, abis: enigmaErrors })
    } catch (error) {
      const isClosed = chainErrors.is(error) && String(error.data.error).startsWith("WeightsClosed(")
      if (!isClosed) throw error
      await clock.sleep(options.pollMs, signal)
    }
  }
}
