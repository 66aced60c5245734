/** Remembers where the chain can go back to, and replaces its newest blocks by others. */
import { Transaction } from "ethers"
import { devnetErrors } from "../errors.ts"
import type { ChainProvider } from "./api.ts"
import type { InProcessChain } from "./chain.ts"

/** Before each of these requests a snapshot is taken: Hardhat goes back to nothing else. */
const MINING = new Set(["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine", "hardhat_mine"])
const MAX_MARKS = 128

interface Mark {
  readonly blockNumber: number
  readonly snapshot: string
}

interface RpcTransaction {
  readonly hash: string
  readonly [field: string]: unknown
}

export interface ReorgOptions {
  /** Hashes of transactions that the new blocks do not hold. */
  readonly without?: readonly string[]
}

export class ChainHistory {
  readonly #isOn: boolean
  #marks: readonly Mark[] = []

  constructor(isOn: boolean) {
    this.#isOn = isOn
  }

  /** The provider, with a mark before every request that may mine. */
  remembering(provider: ChainProvider): ChainProvider {
    if (!this.#isOn) return provider
    return {
      request: async (call) => {
        if (MINING.has(call.method)) await this.#mark(provider)
        const answer = await provider.request(call)
        if (call.method === "evm_revert") this.#forgetFrom(String((call.params as readonly unknown[])[0]))
        return answer
      },
    }
  }

  /** The same transactions in other blocks, each one later, and one block more than there were. @throws DEVNET_REORG_UNKNOWN */
  async replace(chain: InProcessChain, blocks: number, { without = [] }: ReorgOptions = {}): Promise<void> {
    const head = await chain.blockNumber()
    const mark = this.#marks.findLast(({ blockNumber }) => blockNumber === head - blocks)
    if (mark === undefined) throw devnetErrors.make("REORG_UNKNOWN", { blocks })
    const transactions: RpcTransaction[] = []
    for (let number = mark.blockNumber + 1; number <= head; number++) {
      const block = await chain.ask<{ transactions: RpcTransaction[] }>("eth_getBlockByNumber", hex(number), true)
      transactions.push(...block.transactions)
    }
    await chain.ask("evm_revert", mark.snapshot)
    // An empty block of the same time would be the same block.
    await chain.ask("hardhat_setPrevRandao", `0x${head.toString(16).padStart(64, "0")}`)
    await chain.mine(1)
    for (const transaction of transactions)
      if (!without.includes(transaction.hash)) await chain.ask("eth_sendRawTransaction", rawOf(transaction))
    await chain.mine(Math.max(0, head + 1 - (await chain.blockNumber())))
  }

  async #mark(provider: ChainProvider): Promise<void> {
    const blockNumber = Number(await provider.request({ method: "eth_blockNumber" }))
    const snapshot = String(await provider.request({ method: "evm_snapshot" }))
    this.#marks = [...this.#marks, { blockNumber, snapshot }].slice(-MAX_MARKS)
  }

  /** Going back uses up a snapshot and all that were taken after it. */
  #forgetFrom(snapshot: string): void {
    this.#marks = this.#marks.filter((mark) => BigInt(mark.snapshot) < BigInt(snapshot))
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`

/** A transaction as it was signed. */
function rawOf(transaction: RpcTransaction): string {
  const { r, s, v, yParity, input, gas, type, to, nonce, value, chainId, accessList } = transaction
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = transaction
  const isLegacyFee = Number(type) < 2
  const fees = isLegacyFee ? { gasPrice } : { maxFeePerGas, maxPriorityFeePerGas }
  const signature = { r, s, ...(yParity === undefined ? { v } : { yParity: Number(yParity) }) }
  const fields = { type: Number(type), to, nonce: Number(nonce), value, chainId, gasLimit: gas, data: input }
  const list = Number(type) === 0 ? {} : { accessList }
  return Transaction.from({ ...fields, ...fees, ...list, signature } as Parameters<typeof Transaction.from>[0])
    .serialized
}
