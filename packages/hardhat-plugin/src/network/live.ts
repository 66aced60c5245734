/** A network that runs on its own: `npm run network`, `hardhat enigma node`, or a public one. */
import {
  type Client,
  checkGateways,
  checkNetwork,
  createClient,
  creditOf,
  deposit,
  type TrustOptions,
} from "@enigma-discovery/client"
import type { InProcessDevnet } from "@enigma-discovery/devnet/in-process"
import type { Hex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"
import type { EthereumProvider } from "hardhat/types/providers"
import type { EnigmaDeployment, NetworkEnigmaUserConfig } from "../config/schema.ts"
import { pluginErrors } from "../errors.ts"
import { deploymentOf } from "./deployment-file.ts"
import type { EnigmaNetwork } from "./network.ts"

const GRAINS_PER_ENG = 10n ** 8n
/** Share of `topUpEng` below which a signer deposits again. */
const LOW = 10n
const POLL_INTERVAL_MS = 200

export class LiveNetwork implements EnigmaNetwork {
  readonly isMock = false
  readonly #provider: EthereumProvider
  readonly #given: NetworkEnigmaUserConfig | undefined
  readonly #networkName: string
  #deployment: Promise<EnigmaDeployment> | undefined
  readonly #clients = new Map<string, Promise<Client>>()

  constructor(provider: EthereumProvider, given: NetworkEnigmaUserConfig | undefined, networkName: string) {
    this.#provider = provider
    this.#given = given
    this.#networkName = networkName
  }

  async #deploymentOf(): Promise<EnigmaDeployment> {
    this.#deployment ??= deploymentOf(this.#given, this.#networkName)
    return await this.#deployment
  }

  /** @throws HARDHAT_NO_ENIGMA, HARDHAT_BAD_DEPLOYMENT, CLIENT_WRONG_CHAIN, CLIENT_WRONG_ENIGMA, or the gateways' errors */
  async start(): Promise<void> {
    const client = await this.#reader()
    await checkNetwork(client)
    const checks = await checkGateways(client)
    if (checks.every(({ error }) => error !== undefined)) throw checks[0]!.error
  }

  async #reader(signer?: Signer): Promise<Client> {
    const { enigmaAddress, gateways, trust } = await this.#deploymentOf()
    const chainId = BigInt(String(await this.#provider.request({ method: "eth_chainId" })))
    return createClient({
      ...{ chainId, enigmaAddress, gateways, trust: trust as TrustOptions, pollIntervalMs: POLL_INTERVAL_MS },
      provider: { request: (call) => this.#provider.request(call) },
      ...(signer === undefined ? {} : { signer }),
    })
  }

  async client(signer: Signer): Promise<Client> {
    const address = (await signer.getAddress()).toLowerCase()
    let made = this.#clients.get(address)
    if (made === undefined) {
      made = this.#reader(signer)
      this.#clients.set(address, made)
      made.catch(() => this.#clients.delete(address))
    }
    const client = await made
    await this.#topUp(client)
    return client
  }

  async #topUp(client: Client): Promise<void> {
    const { topUpEng } = await this.#deploymentOf()
    if (topUpEng === undefined) return
    const amountGrains = BigInt(topUpEng) * GRAINS_PER_ENG
    if ((await creditOf(client)) < amountGrains / LOW) await deposit(client, { amountGrains })
  }

  async enigmaAddress(): Promise<Hex> {
    return (await this.#deploymentOf()).enigmaAddress.toLowerCase() as Hex
  }

  devnet(what: string): InProcessDevnet {
    throw pluginErrors.make("MOCK_ONLY", { what, network: this.#networkName })
  }
  async startedDevnet(what: string): Promise<InProcessDevnet> {
    return this.devnet(what)
  }
  async stop(): Promise<void> {}
}
