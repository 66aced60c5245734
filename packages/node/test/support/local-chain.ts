/** An Ethereum chain in this process, mined by hand. */
import { type ChainRpc, latestBlock, rpcOfEip1193 } from "@enigma-discovery/chain/follow"
import { network as hardhatNetwork } from "hardhat"

export interface LocalChain {
  readonly rpc: ChainRpc
  readonly request: (method: string, ...params: unknown[]) => Promise<unknown>
  mine(blocks?: number): Promise<void>
  /** Mines until the chain's head has this number. */
  mineTo(block: number): Promise<void>
  head(): Promise<number>
  close(): Promise<void>
}

export async function startLocalChain(): Promise<LocalChain> {
  const connection = await hardhatNetwork.create()
  const request = (method: string, ...params: unknown[]) => connection.provider.request({ method, params })
  await request("evm_setAutomine", false)
  const rpc = rpcOfEip1193({
    request: ({ method, params }) => connection.provider.request({ method, params: [...(params ?? [])] }),
  })
  // One call a block: in a call for many, blocks are made up and their parent hashes lead nowhere.
  const mine = async (blocks = 1) => {
    for (let i = 0; i < blocks; i++) await request("hardhat_mine", "0x1")
  }
  const head = async () => (await latestBlock(rpc)).number
  return {
    rpc,
    request,
    mine,
    head,
    mineTo: async (block) => mine(Math.max(0, block - (await head()))),
    close: () => connection.close(),
  }
}
