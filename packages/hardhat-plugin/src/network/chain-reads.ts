/**
 * What the chain told the in-process network since it last changed. Nodes and clients look at the same few words and blocks, one after
 * the other, and each question to Hardhat's chain costs half a millisecond. Every request of the connection passes here, so none that
 * changes anything goes unseen; where blocks come by themselves, nothing is kept.
 */
import type { EthereumProvider, RequestArguments } from "hardhat/types/providers"

/** Answers that depend on nothing but the chain. */
const KEPT = new Set([
  ...["eth_chainId", "eth_blockNumber", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getLogs"],
  ...["eth_getStorageAt", "eth_getProof", "eth_getCode"],
])
/** Besides the kept ones: what changes nothing. Whatever stands in neither list makes all be forgotten. */
const HARMLESS = new Set([
  ...["eth_accounts", "eth_call", "eth_estimateGas", "eth_feeHistory", "eth_gasPrice", "eth_getBalance"],
  ...["eth_getTransactionByHash", "eth_getTransactionCount", "eth_getTransactionReceipt", "eth_maxPriorityFeePerGas"],
  ...["eth_getBlockTransactionCountByNumber", "eth_sign", "eth_signTypedData_v4", "personal_sign", "net_version"],
  ...["hardhat_getAutomine", "web3_clientVersion"],
])
/** More are asked between two changes only by a test that goes through history. */
const MAX_KEPT = 4_096

export class ChainReads {
  readonly #known = new Map<string, Promise<unknown>>()
  #isOn: boolean

  /** `isOn` false: blocks are mined by a timer. */
  constructor(isOn: boolean) {
    this.#isOn = isOn
  }

  /** The network's own question: from what is known, else by `ask`. Answers are shared and must not be changed. */
  async answer(call: RequestArguments, ask: EthereumProvider["request"]): Promise<unknown> {
    if (!this.#isOn || !KEPT.has(call.method)) return await ask(call)
    const name = JSON.stringify([call.method, call.params])
    if (name.includes('"pending"')) return await ask(call)
    const known = this.#known.get(name)
    if (known !== undefined) return await known
    const asked = ask(call)
    if (this.#known.size >= MAX_KEPT) this.#known.clear()
    this.#known.set(name, asked)
    asked.catch(() => {
      if (this.#known.get(name) === asked) this.#known.delete(name)
    })
    return await asked
  }

  /** Around every request of the connection, whoever makes it: what was known before a change is not known after it. */
  async passing<T>(method: string, pass: () => Promise<T>): Promise<T> {
    if (KEPT.has(method) || HARMLESS.has(method)) return await pass()
    if (method === "evm_setIntervalMining") this.#isOn = false
    this.#known.clear()
    try {
      return await pass()
    } finally {
      this.#known.clear() // also what was asked while the change was under way
    }
  }
}
