/** The chain of trust of a secret contract: each link checked by the client here and now, and told. */
import { callView, enigmaInterface } from "@enigma-discovery/chain/follow"
import {
  type Client,
  checkNetwork,
  contractKey,
  parseCommitted,
  predictAddress,
  type RecordedTask,
  verifyReceipt,
} from "@enigma-discovery/client"
import { fromHex, GATEWAY_METHODS, type Hex, toHex } from "@enigma-discovery/protocol"
import type { SecretArtifact } from "../build/artifacts.ts"
import { wholeNumber } from "../tasks/arguments.ts"

export interface TrustStep {
  readonly what: string
  /** Undefined when there is nothing to check yet. */
  readonly holds: boolean | undefined
  readonly why: string
}

export interface TrustQuestion {
  readonly client: Client
  readonly artifact: Pick<SecretArtifact, "name" | "codeHash" | "source">
  readonly address: string
  /** Index of the task whose receipt is shown; the last committed one when left out. */
  readonly task: string | undefined
}

export async function chainOfTrust(question: TrustQuestion): Promise<readonly TrustStep[]> {
  const checks = [network, code, worker, receipt]
  const steps: TrustStep[] = []
  for (const check of checks) steps.push(...(await check(question)))
  return steps
}

/** A check that throws is a link that does not hold; its error says why. */
async function checked(what: string, check: () => Promise<readonly TrustStep[]>): Promise<readonly TrustStep[]> {
  try {
    return await check()
  } catch (error) {
    return [{ what, holds: false, why: error instanceof Error ? error.message : String(error) }]
  }
}

const network = ({ client }: TrustQuestion) =>
  checked("Enigma", async () => {
    await checkNetwork(client)
    return [{ what: "Enigma", holds: true, why: `${client.enigmaAddress} on chain ${client.chainId}` }]
  })

/** PROTOCOL §2.4: the address commits to deployer and code, which Enigma's event names. */
const code = ({ client, artifact, address }: TrustQuestion) =>
  checked("code hash", async () => {
    const recorded = await deploymentOf(client, address)
    if (recorded === undefined) return [{ what: "code hash", holds: false, why: "Enigma recorded no deployment there" }]
    const { codeHash, deployer, userSalt } = recorded
    const isBound = (await predictAddress(client, { deployer, codeHash, userSalt })) === address.toLowerCase()
    const holds = isBound && codeHash === artifact.codeHash
    const why = holds
      ? `${codeHash}: ${artifact.source}, deployed by ${deployer}; the address commits to both`
      : isBound
        ? `on chain ${codeHash}, built here ${artifact.codeHash}`
        : "the address does not commit to what Enigma's event names"
    return [{ what: "code hash", holds, why }]
  })

interface RecordedDeployment {
  readonly codeHash: Hex
  readonly deployer: Hex
  readonly userSalt: Hex
}

async function deploymentOf({ rpc, enigmaAddress }: Client, address: string): Promise<RecordedDeployment | undefined> {
  const topics = enigmaInterface.encodeFilterTopics("DeploymentRecorded", [address])
  const filter = { address: enigmaAddress, fromBlock: "0x0", toBlock: "latest", topics }
  const [log] = (await rpc.request("eth_getLogs", [filter])) as { topics: string[]; data: string }[]
  const parsed = log === undefined ? null : enigmaInterface.parseLog(log)
  if (parsed === null) return undefined
  const { codeHash, deployer, userSalt } = parsed.args as unknown as RecordedDeployment
  return { codeHash, deployer, userSalt }
}

/** The client's own computation of the draw, and its checks of registration, quote, program and key statement. */
const worker = ({ client, address }: TrustQuestion) =>
  checked("worker", async () => {
    const { epoch, ioPublicKey, worker: drawn } = await contractKey(client, { contract: address })
    const { devRoot, measurements } = client.trust
    const allowed = measurements === "chain" ? "allowed by Enigma's governance" : "pinned in the configuration"
    const issued = new Date(Number(drawn.quoteIssuedAtS) * 1_000).toISOString()
    const facts: readonly (readonly [string, string])[] = [
      [
        "draw",
        `worker ${drawn.workerId} (operator ${drawn.operator}) in epoch ${epoch}, by this machine's own computation`,
      ],
      ["measurement", `${drawn.measurement}, ${allowed}`],
      [
        "quote",
        `signed by dev root ${toHex(devRoot)}, version ${drawn.securityVersion}, issued ${issued}; simulated attestation`,
      ],
      ["key", `inputs are sealed to ${toHex(ioPublicKey)}, stated by enclave key ${drawn.signer}`],
    ]
    return facts.map(([what, why]) => ({ what, holds: true, why }))
  })

const receipt = ({ client, address, task }: TrustQuestion) =>
  checked("receipt", async () => {
    const contract = toHex(fromHex(address, 20, "address"))
    const index = task === undefined ? await lastCommitted(client, contract) : Number(wholeNumber("--task", task))
    if (index === undefined)
      return [{ what: "receipt", holds: undefined, why: "no task of this contract is committed yet" }]
    const proven = await client.gateways.find({
      method: GATEWAY_METHODS.receipt,
      params: [contract, index],
      accept: async (raw) => {
        if (raw === null) return undefined
        const evidence = parseCommitted(raw)
        // All that the proof looks at of a task: which one it is. Its id is the receipt's own, under a root that Enigma holds.
        const recorded = { task: { contract }, index, taskId: toHex(evidence.receipt.taskId) } as RecordedTask
        return await verifyReceipt(client, recorded, evidence)
      },
    })
    if (proven === undefined) return [{ what: "receipt", holds: undefined, why: `task ${index} is not committed yet` }]
    const { status, workerId, receiptsRoot, transactionHash, blockNumber } = proven
    const why = `task ${index}: ${status}, by worker ${workerId}; root ${toHex(receiptsRoot)} in block ${blockNumber} (${transactionHash})`
    return [{ what: "receipt", holds: true, why }]
  })

async function lastCommitted(client: Client, contract: Hex): Promise<number | undefined> {
  const [queue] = await callView(client.rpc, client.enigma, enigmaInterface, "queueOf", [contract], "latest")
  const committed = Number((queue as { committed: bigint | number }).committed)
  return committed === 0 ? undefined : committed - 1
}
