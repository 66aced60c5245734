/** The chain of trust of a secret contract: each link checked by the client here and now, and told. */
import { callView, enigmaInterface } from "@enigma-discovery/chain/follow"
import {
  type Client,
  checkNetwork,
  contractKey,
  parseCommitted,
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

/** PROTOCOL §2.4: an account ends with `codeHash 32 | deployer 20`. */
const DEPLOYER_BYTES = 20
const HASH_BYTES = 32

const code = ({ client, artifact, address }: TrustQuestion) =>
  checked("code hash", async () => {
    const account = fromHex(String(await client.rpc.request("eth_getCode", [address, "latest"])), undefined, "code")
    const tail = account.slice(-(HASH_BYTES + DEPLOYER_BYTES))
    const found = toHex(tail.slice(0, HASH_BYTES))
    const holds = account.length > tail.length && found === artifact.codeHash
    const why = holds
      ? `${found}: ${artifact.source}, deployed by ${toHex(tail.slice(HASH_BYTES))}`
      : `${account.length === 0 ? "there is no contract" : `on chain ${found}`}, built here ${artifact.codeHash}`
    return [{ what: "code hash", holds, why }]
  })

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
