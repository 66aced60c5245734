import { addressOfSigningKey, keccak256 } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import { AbiCoder } from "ethers"
import { type Client, type ClientOptions, createClient } from "../../src/client.ts"
import { deployContract } from "../../src/deploy-contract.ts"
import { ADDRESSES } from "./fake-enigma.ts"
import { type FakeGateways, fakeGateways, type Rule } from "./fake-gateways.ts"
import { CHAIN_ID, FakeNetwork, MEASUREMENT } from "./fake-network.ts"

export const URLS = ["http://one.test/", "http://two.test/", "http://three.test/"] as const
export const CODE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
export const CODE_HASH = keccak256(CODE)

export const ABI = [
  { type: "constructor", inputs: [{ name: "owner", type: "address" }] },
  {
    type: "function",
    name: "addMillionaire",
    inputs: [
      { name: "who", type: "address" },
      { name: "worth", type: "uint256" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "computeRichest",
    inputs: [],
    outputs: [{ name: "", type: "address" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "top",
    inputs: [{ name: "count", type: "uint8" }],
    outputs: [
      {
        name: "list",
        type: "tuple[]",
        components: [
          { name: "who", type: "address" },
          { name: "worth", type: "uint256" },
        ],
      },
      { name: "total", type: "uint256" },
    ],
    stateMutability: "view",
  },
] as const

export interface Setup {
  readonly net: FakeNetwork
  readonly client: Client
  readonly gateways: FakeGateways
}

/** A network with three honest gateways, unless `rules` say otherwise, and a client on it. */
export function setup({
  rules = {},
  options = {},
  net = new FakeNetwork(),
}: {
  rules?: Partial<Record<(typeof URLS)[number], Rule | undefined>>
  options?: Partial<ClientOptions>
  net?: FakeNetwork
} = {}): Setup {
  const honest: Rule = (method, params) => net.answer(method, params)
  const all = { ...Object.fromEntries(URLS.map((url) => [url, honest])), ...rules }
  const present = Object.fromEntries(Object.entries(all).filter(([, rule]) => rule !== undefined)) as Record<
    string,
    Rule
  >
  const gateways = fakeGateways(present)
  const client = createClient({
    chainId: CHAIN_ID,
    enigmaAddress: ADDRESSES.enigma,
    provider: net.chain,
    gateways: URLS,
    trust: { devRoot: toHex(addressOfSigningKey(net.devRoot)), measurements: [toHex(MEASUREMENT)] },
    pollIntervalMs: 1,
    timeouts: { gatewayMs: 200, recordMs: 2_000, resultMs: 2_000, receiptMs: 2_000 },
    fetch: gateways.fetch,
    ...options,
  })
  return { net, client, gateways }
}

/** A deployed contract whose constructor has run. */
export async function deployed(given: Setup = setup()) {
  const { net, client } = given
  const { address, task } = await deployContract(client, { code: CODE, abi: ABI, args: [`0x${"0a".repeat(20)}`] })
  net.execute(address, 0, () => ({ result: 0, gasUsed: 700n }), CODE_HASH)
  return { ...given, address, deployment: task }
}

const coder = AbiCoder.defaultAbiCoder()
export const abiEncode = (types: readonly string[], values: readonly unknown[]): Uint8Array =>
  Uint8Array.from(Buffer.from(coder.encode(types, values).slice(2), "hex"))
export const errorCode = (code: string) => (error: unknown) => (error as { name?: string }).name === `CLIENT_${code}`
