/** Private reads from a client, through any gateway, to the drawn worker's enclave process and back, on a whole network. */
import assert from "node:assert/strict"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import {
  type Abi,
  checkGateways,
  clientErrors,
  contractAt,
  createClient,
  deployContract,
  deposit,
  queryContract,
  type SecretContract,
} from "@enigma-discovery/client"
import { type Devnet, startDevnet } from "@enigma-discovery/devnet"
import { compileContract } from "@enigma-discovery/sdk-as"
import { Wallet } from "ethers"
import { compiledContracts } from "../../scripts/contracts/compiled.ts"
import { root } from "./support.ts"

const view = { fn: "computeRichest", args: [] } as const
const same = (a: unknown, b: string) => assert.equal(String(a).toLowerCase(), b.toLowerCase())

describe("private reads on a whole network", { timeout: 280_000 }, () => {
  let network: Devnet
  const stopping = new AbortController()
  const user = (i: number) => network.accounts.users[i]!
  const clientOf = (i: number, gateways = network.workers) =>
    createClient({
      chainId: network.chain.chainId,
      enigmaAddress: network.addresses.enigma,
      provider: network.chain.provider,
      signer: new Wallet(user(i).privateKey, network.chain.provider),
      gateways: gateways.map(({ gatewayUrl }) => gatewayUrl),
      trust: { devRoot: network.trust.devRoot, measurements: "chain", network: network.trust.network },
      pollIntervalMs: 100,
      timeouts: { gatewayMs: 30_000 }, // a worker that an epoch has just drawn answers once it has the keys
    })
  let contract: SecretContract<Abi>
  let address: string
  let abi: Abi

  before(async () => {
    const artifactsDirectory = await compiledContracts({ signal: AbortSignal.timeout(240_000), say: () => {} })
    network = await startDevnet({ artifactsDirectory, epochLengthBlocks: 80, signal: stopping.signal })
    const entry = path.join(root, "examples/millionaires/secret-contract/millionaires.ts")
    const compiled = await compileContract(entry)
    abi = compiled.abi as Abi
    const client = clientOf(0)
    await deposit(client, { amountGrains: 10n ** 10n })
    const registry = `0x${"00".repeat(19)}01`
    const deployment = await deployContract(client, { code: compiled.wasm, abi, args: [registry] })
    await deployment.task.result()
    address = deployment.address
    contract = contractAt(client, address, abi)
  })
  after(async () => {
    stopping.abort()
    await network?.stop()
  })

  it("see the reader's own last task, through every gateway", async () => {
    const task = await contract.call({ fn: "addMillionaire", args: [user(1).address, 42n] })
    const drawn = await network.enigma.drawnWorker(address)
    const seen = new Set<boolean>()
    for (const worker of network.workers) {
      const client = clientOf(0, [worker])
      const answer = await queryContract(client, { ...view, contract: address, abi, after: task })
      same(answer.value, user(1).address)
      assert.deepEqual([answer.records >= 2, answer.blockNumber > 0n], [true, true])
      seen.add(worker.workerId === drawn)
    }
    assert.deepEqual([...seen].sort(), [false, true], "the drawn worker's own gateway, and others'")
  })

  it("are refused to another reader of a permit, and while the state is older than asked for", async () => {
    const [mine, other] = [await contract.permit(), await contractAt(clientOf(1), address, abi).permit()]
    // The other reader has the permit and not the key that it names: the enclave can't open what that one sends.
    const stolen = { ...mine, reader: { ...mine.reader, secretKey: other.reader.secretKey } }
    await assert.rejects(contract.query({ ...view, permit: stolen, timeoutMs: 15_000 }), (error) =>
      clientErrors.is(error, "GATEWAYS_FAILED"),
    )
    const later = { ...view, contract: address, abi, minRecords: 1_000, timeoutMs: 15_000 }
    await assert.rejects(queryContract(clientOf(0), later), (error) => clientErrors.is(error, "QUERY_STALE"))
  })

  it("stay within their age while nothing happens in the contract", async () => {
    const from = await network.chain.provider.getBlockNumber()
    while ((await network.chain.provider.getBlockNumber()) < from + 20) await new Promise((r) => setTimeout(r, 250))
    const { blockNumber } = await queryContract(clientOf(0), { ...view, contract: address, abi, maxAgeBlocks: 12 })
    assert.ok(blockNumber >= BigInt(from + 20 - 12), `proven at ${blockNumber}, ${from + 20} at least is the newest`)
  })

  it("are told by each gateway which program, isolation and header trust answer them", async () => {
    for (const { status } of await checkGateways(clientOf(0))) {
      assert.match(status!.measurement, /^0x[0-9a-f]{64}$/)
      assert.match(status!.isolation, /^process, network (none|host), filesystem none/)
      assert.equal(status!.headerTrust, "witness 1 of 1")
    }
  })
})
