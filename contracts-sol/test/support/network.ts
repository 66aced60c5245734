/** Enigma deployed on an in-process chain, with plain keys where enclaves and key managers would be. */
import {
  BEACON_DST,
  beaconMessage,
  ENCLAVE_ROLE,
  fromHex,
  type Hex,
  packTerms,
  quotePreimage,
  reportPreimage,
} from "@enigma-discovery/protocol"
import {
  type BigNumberish,
  type ContractTransactionResponse,
  computeAddress,
  concat,
  hexlify,
  id,
  keccak256,
  type Signer,
  SigningKey,
} from "ethers"
import { network } from "hardhat"
import type { NetworkConnection } from "hardhat/types/network"
import type { DevAttestationVerifier, EnigmaToken, IEnigma } from "../../../types/ethers-contracts/index.ts"
import EnigmaModule from "../../ignition/modules/Enigma.ts"
import { type BatchOptions, type MadeBatch, makeBatch, signBatch } from "./batch.ts"
import { blsSigner } from "./bls.ts"
import { keccak } from "./hash.ts"
import { emptyQueue, follow, type QueueModel } from "./queue.ts"

export const ENG = 100_000_000n
export const MEASUREMENT = id("worker program")
export const TRUST_HASH = id("trust")
export const BASE_FEE = 10_000n
export const EPOCH_LENGTH = 120
export const OPEN_WINDOW = 20

export const DEV_ROOT = new SigningKey(id("dev root"))
export const BEACON = blsSigner("2a".padStart(64, "0"))
export const CONTRACT_KEY = blsSigner("2b".padStart(64, "0"))

const hex = (value: string): Uint8Array => fromHex(value.toLowerCase() as Hex)

export interface TestWorker {
  readonly id: number
  readonly operator: Signer
  readonly staker: Signer
  readonly enclave: SigningKey
}

export type Terms = Partial<Record<"gasLimit" | "gasPriceGrains" | "callbackGas" | "callbackPriceGrains", bigint>>

/** A terms word for calldata; 100,000 gas at 2 grains when nothing is said. */
export const termsOf = (t: Terms = {}): bigint =>
  packTerms({
    gasLimit: t.gasLimit ?? 100_000n,
    gasPriceGrains: t.gasPriceGrains ?? 2n,
    callbackGas: t.callbackGas ?? 0n,
    callbackPriceGrains: t.callbackPriceGrains ?? (t.callbackGas === undefined ? 0n : 3n),
    flags: 0,
    lockedGrains: 0n,
    index: 0,
  })

export type Overrides = Readonly<Record<string, number | bigint | boolean | string>>

/** Deploys with Ignition, as a real network is. */
export async function deployEnigma(overrides: Overrides = {}, chain?: NetworkConnection) {
  const connection = chain ?? (await network.getOrCreate())
  const { ethers, ignition, networkHelpers } = connection
  const signers = await ethers.getSigners()
  const treasurer = signers[0]!
  const deployed = await ignition.deploy(EnigmaModule, {
    parameters: {
      Enigma: {
        tokenHolder: treasurer.address,
        timelockDelayS: 3_600,
        proposers: [treasurer.address],
        executors: [treasurer.address],
        devRoot: computeAddress(DEV_ROOT.publicKey),
        measurements: [MEASUREMENT],
        trustHash: TRUST_HASH,
        beaconKey: BEACON.publicKey,
        contractKey: CONTRACT_KEY.publicKey,
        epochLengthBlocks: EPOCH_LENGTH,
        openWindowBlocks: OPEN_WINDOW,
        commitWindowBlocks: 20,
        expiryBlocks: 300,
        overdueBlocks: 30,
        unbondingBlocks: 400,
        baseFeeGrains: BASE_FEE,
        ...overrides,
      },
    },
  })
  const enigma = deployed.enigma as unknown as IEnigma
  const token = deployed.token as unknown as EnigmaToken
  const verifier = deployed.verifier as unknown as DevAttestationVerifier
  const address = await enigma.getAddress()
  const { chainId } = await ethers.provider.getNetwork()
  return { connection, ethers, networkHelpers, signers, treasurer, deployed, enigma, token, verifier, address, chainId }
}

export type Deployment = Awaited<ReturnType<typeof deployEnigma>>

/** A quote of the dev root over an enclave's keys (PROTOCOL §7.4). */
export async function makeQuote(
  d: Deployment,
  operator: string,
  signer: string,
  encryptionKey: string,
  options: { issuedAtS?: bigint; measurement?: string; securityVersion?: number; root?: SigningKey } = {},
): Promise<string> {
  const measurement = hex(options.measurement ?? MEASUREMENT)
  const issuedAtS = options.issuedAtS ?? BigInt(await d.networkHelpers.time.latest())
  const securityVersion = options.securityVersion ?? 1
  const report = [ENCLAVE_ROLE.worker, hex(operator), hex(signer), hex(encryptionKey), hex(TRUST_HASH)] as const
  const reportData = keccak(reportPreimage(d.chainId, hex(d.address), ...report))
  const digest = keccak(quotePreimage({ measurement, securityVersion, issuedAtS, reportData }))
  const signature = (options.root ?? DEV_ROOT).sign(hexlify(digest)).serialized
  const head = `0x0101${hexlify(measurement).slice(2)}${securityVersion.toString(16).padStart(4, "0")}`
  return concat([head, `0x${issuedAtS.toString(16).padStart(16, "0")}`, reportData, signature])
}

/** Gives an account credit. */
export async function fund(d: Deployment, account: Signer, grains: bigint): Promise<void> {
  await (await d.token.transfer(account, grains)).wait()
  await (await d.token.connect(account).approve(d.enigma, grains)).wait()
  await (await d.enigma.connect(account).deposit(account, grains)).wait()
}

/** Registers, stakes for and logs in a worker; its weight counts from the next epoch on. */
export async function joinWorker(
  d: Deployment,
  operator: Signer,
  staker: Signer,
  stakeGrains: bigint,
  secret = id(`enclave ${Math.random()}`),
): Promise<TestWorker> {
  const worker = await registerWorker(d, operator, staker, secret)
  await (await d.token.transfer(staker, stakeGrains)).wait()
  await (await d.token.connect(staker).approve(d.enigma, stakeGrains)).wait()
  await (await d.enigma.connect(staker).stake(worker.id, stakeGrains)).wait()
  await (await d.enigma.connect(operator).login(worker.id)).wait()
  return worker
}

export async function registerWorker(
  d: Deployment,
  operator: Signer,
  staker: Signer,
  secret: string,
): Promise<TestWorker> {
  const enclave = new SigningKey(secret)
  const signer = computeAddress(enclave.publicKey)
  const quote = await makeQuote(d, await operator.getAddress(), signer, keccak256(secret))
  await (await d.enigma.connect(operator).register(staker, signer, keccak256(secret), quote)).wait()
  return { id: Number(await d.enigma.workerCount()), operator, staker, enclave }
}

/** Mines past the next opening window, so that weights are open for the rest of the schedule. */
export async function mineToOpenWeights(d: Deployment): Promise<void> {
  const start = await mineToStart(d)
  const now = await d.networkHelpers.time.latestBlock()
  await d.networkHelpers.mine(start + OPEN_WINDOW - now) // the next block is the first after the window
}

/** Mines up to the next scheduled start. */
export async function mineToStart(d: Deployment): Promise<number> {
  const now = await d.networkHelpers.time.latestBlock()
  const start = (Math.floor(now / EPOCH_LENGTH) + 1) * EPOCH_LENGTH
  await d.networkHelpers.mine(start - now - 1)
  return start
}

/** The committee's signature for the epoch of a scheduled start. */
export async function beaconFor(d: Deployment, epoch: number, start: number): Promise<string> {
  const block = await d.ethers.provider.getBlock(start - 1)
  return BEACON.sign(beaconMessage(d.chainId, hex(d.address), epoch, hex(block!.hash!)), BEACON_DST)
}

/** Mines to the next scheduled start and opens its epoch. */
export async function advanceEpoch(d: Deployment, keeper?: Signer): Promise<ContractTransactionResponse> {
  const start = await mineToStart(d)
  const { epoch } = await d.enigma.currentEpoch()
  const beacon = await beaconFor(d, Number(epoch) + 1, start)
  const tx = await d.enigma.connect(keeper ?? d.treasurer).openEpoch(beacon)
  await tx.wait()
  return tx
}

export interface DeployedContract {
  readonly queue: QueueModel
  readonly address: string
}

/** Records the deployment of a secret contract. */
export async function deploySecretContract(d: Deployment, deployer: Signer, salt = "salt"): Promise<QueueModel> {
  const args = [id("code"), id(salt), id("constructor inputs")] as const
  const address = await d.enigma.secretContractAddress(deployer, args[0], args[1])
  const queue = emptyQueue(address, d.chainId, d.address)
  const tx = await d.enigma.connect(deployer).recordDeployment(...args, termsOf())
  await follow(queue, d.enigma, await tx.wait())
  return queue
}

/** Records one task. */
export async function record(d: Deployment, queue: QueueModel, sender: Signer, terms: BigNumberish = termsOf()) {
  const inputsHash = id(`inputs ${queue.tasks.length}`)
  const receipt = await (await d.enigma.connect(sender).recordTask(queue.contract, inputsHash, terms)).wait()
  const [task] = await follow(queue, d.enigma, receipt)
  return { task: task!, receipt: receipt! }
}

/** The worker drawn for a contract now. */
export async function drawn(d: Deployment, queue: QueueModel, workers: readonly TestWorker[]): Promise<TestWorker> {
  const workerId = Number(await d.enigma.drawnWorker(queue.contract))
  return workers.find((worker) => worker.id === workerId)!
}

/** The block before the next scheduled start, as seen by the next block. */
export async function lastBlockOfSchedule(d: Deployment): Promise<number> {
  const next = (await d.networkHelpers.time.latestBlock()) + 1
  return next - (next % EPOCH_LENGTH) + EPOCH_LENGTH - 1
}

/** A batch of the waiting records, signed by the drawn worker's enclave (or the given key). */
export async function signedBatch(
  d: Deployment,
  queue: QueueModel,
  workers: readonly TestWorker[],
  options: Partial<BatchOptions> = {},
  key?: SigningKey,
) {
  const { epoch } = await d.enigma.currentEpoch()
  const made: MadeBatch = makeBatch(queue, {
    epoch: Number(epoch),
    validUntilBlock: await lastBlockOfSchedule(d),
    ...options,
  })
  const enclave = key ?? (await drawn(d, queue, workers)).enclave
  return { ...made, signed: signBatch(made, enclave, d.chainId, d.address) }
}

/** Commits the waiting records and follows. */
export async function commit(
  d: Deployment,
  queue: QueueModel,
  workers: readonly TestWorker[],
  options: Partial<BatchOptions> = {},
) {
  const made = await signedBatch(d, queue, workers, options)
  const receipt = await (await d.enigma.commitBatch(made.signed)).wait()
  queue.committed = Number(made.call.toIndex)
  queue.head = (await d.enigma.queueOf(queue.contract)).head
  return { ...made, receipt: receipt! }
}

/** Three workers with different stakes, an epoch, a user with credit and a deployed, committed contract. */
export async function runningNetwork() {
  const d = await deployEnigma()
  await mineToOpenWeights(d)
  const [, alice, bob, carol, ...rest] = d.signers
  const workers: TestWorker[] = []
  for (const [i, stake] of [1_000n, 2_500n, 4_000n].entries()) {
    workers.push(await joinWorker(d, rest[2 * i]!, rest[2 * i + 1]!, stake * ENG, id(`enclave ${i}`)))
  }
  for (const user of [alice!, bob!, carol!]) await fund(d, user, 1_000n * ENG)
  await advanceEpoch(d)
  const queue = await deploySecretContract(d, alice!)
  await commit(d, queue, workers)
  return { ...d, workers, alice: alice!, bob: bob!, carol: carol!, queue, rest }
}

export type RunningNetwork = Awaited<ReturnType<typeof runningNetwork>>

/** A fresh copy of the running network for a test. */
export async function useNetwork(): Promise<RunningNetwork> {
  const { networkHelpers } = await network.getOrCreate()
  const net = await networkHelpers.loadFixture(runningNetwork)
  // The queue is a model in memory: the snapshot does not restore it.
  return { ...net, queue: { ...net.queue, tasks: [...net.queue.tasks] } }
}
