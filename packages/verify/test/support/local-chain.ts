import { fromHex, toHex } from "@enigma-discovery/protocol"
import hre from "hardhat"
import { encodeRpcHeader, mergeProofNodes, slotBytes } from "../../src/index.ts"

type RpcBlock = Record<string, unknown>
interface RpcProof {
  readonly accountProof: readonly `0x${string}`[]
  readonly storageProof: readonly { readonly proof: readonly `0x${string}`[] }[]
}

/** A real chain in this process (Hardhat's EDR): where the proofs under test come from. */
export async function startLocalChain(hardfork = "osaka") {
  const connection = await hre.network.create({ override: { hardfork: hardfork as "osaka" } })
  const request = <T>(method: string, ...params: unknown[]): Promise<T> =>
    connection.provider.request({ method, params }) as Promise<T>
  const block = (tag: string) => request<RpcBlock>("eth_getBlockByNumber", tag, false)

  return {
    request,
    block,
    mine: (blocks = 1) => request("hardhat_mine", `0x${blocks.toString(16)}`),
    async setWords(address: Uint8Array, words: ReadonlyMap<bigint, bigint>) {
      for (const [slot, word] of words) {
        await request("hardhat_setStorageAt", toHex(address), `0x${slot.toString(16)}`, toHex(slotBytes(word)))
      }
    },
    /** The latest block's header and all nodes that prove an account and slots of it. */
    async prove(address: Uint8Array, slots: readonly bigint[]) {
      const latest = await block("latest")
      const proof = await request<RpcProof>(
        "eth_getProof",
        toHex(address),
        slots.map((s) => toHex(slotBytes(s))),
        latest.number,
      )
      const lists = [proof.accountProof, ...proof.storageProof.map((entry) => entry.proof)]
      return {
        block: latest,
        header: encodeRpcHeader(latest),
        nodes: mergeProofNodes(lists.map((list) => list.map((node) => fromHex(node)))),
      }
    },
    async words(address: Uint8Array, slots: readonly bigint[]): Promise<readonly bigint[]> {
      const read = (slot: bigint) =>
        request<string>("eth_getStorageAt", toHex(address), toHex(slotBytes(slot)), "latest")
      return (await Promise.all(slots.map(read))).map(BigInt)
    },
    close: () => connection.close(),
  }
}

export type LocalChain = Awaited<ReturnType<typeof startLocalChain>>
