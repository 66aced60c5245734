/** An Ethereum chain in this process (EDR), and a contract on it that emits whatever it is told. */
import { fromHex, toHex } from "@enigma-discovery/protocol"
import { network } from "hardhat"
import { type ChainRpc, rpcOfEip1193 } from "../../src/follow.ts"

export interface LocalChain {
  readonly rpc: ChainRpc
  readonly chainId: bigint
  readonly request: (method: string, ...params: unknown[]) => Promise<unknown>
  mine(blocks?: number): Promise<void>
  close(): Promise<void>
}

export async function localChain(options: { automine?: boolean } = {}): Promise<LocalChain> {
  const connection = await network.create()
  const request = (method: string, ...params: unknown[]) => connection.provider.request({ method, params })
  if (options.automine === false) await request("evm_setAutomine", false)
  return {
    rpc: rpcOfEip1193({
      request: ({ method, params }) => connection.provider.request({ method, params: [...(params ?? [])] }),
    }),
    chainId: BigInt((await request("eth_chainId")) as string),
    request,
    // Not hardhat_mine: its blocks do not name each other as parents.
    mine: async (blocks = 1) => {
      for (let i = 0; i < blocks; i++) await request("evm_mine")
    },
    close: () => connection.close(),
  }
}

/** The first account that Hardhat funds; public knowledge. */
export const FUNDED_KEY = fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
export const FUNDED_ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"

/**
 * Calldata: word n | 4 words of topics | data. n = 0..4: a log with the first n topics; n = 5: reverts with the data.
 * The code jumps to 0x40 + 32 n; each block there pushes the topics, then size and offset, and logs.
 */
function echoRuntime(): Uint8Array {
  const code = new Uint8Array(0x40 + 6 * 0x20)
  const put = (at: number, hex: string) => code.set(fromHex(`0x${hex}`), at)
  // size = calldatasize - 160; copy it to memory 0; jump to 0x40 + 32 * calldata[0]
  put(0, "60a0360380" + "60a0" + "6000" + "37" + "6000" + "35" + "6020" + "02" + "6040" + "01" + "56")
  for (let n = 0; n <= 4; n++) {
    const topics = Array.from({ length: n }, (_, i) => `60${(32 * (n - i)).toString(16).padStart(2, "0")}35`).join("")
    put(0x40 + 0x20 * n, `5b${topics}${(0x80 + n).toString(16)}6000a${n}00`)
  }
  put(0x40 + 0x20 * 5, "5b6000fd")
  return code
}

export async function deployEcho(chain: LocalChain): Promise<Uint8Array> {
  const runtime = toHex(echoRuntime()).slice(2)
  const length = (runtime.length / 2).toString(16).padStart(4, "0")
  const data = `0x61${length}600e60003961${length}6000f3${runtime}`
  const hash = await chain.request("eth_sendTransaction", { from: FUNDED_ADDRESS, data })
  await chain.mine()
  const receipt = (await chain.request("eth_getTransactionReceipt", hash)) as { contractAddress: string }
  return fromHex(receipt.contractAddress.toLowerCase())
}

/** Calldata of the echo contract. */
export function echo(topics: readonly string[], data = "0x", n = topics.length): Uint8Array {
  const words = [...topics, ...Array<string>(4 - topics.length).fill(`0x${"00".repeat(32)}`)]
  const count = `0x${n.toString(16).padStart(64, "0")}`
  return fromHex([count, ...words, data].map((hex, i) => (i === 0 ? hex : hex.slice(2))).join(""))
}

export const echoRevert = (data: string): Uint8Array => echo([], data, 5)
