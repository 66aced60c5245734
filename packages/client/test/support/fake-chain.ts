/**
 * An Ethereum node as an EIP-1193 provider: blocks with storage, logs and receipts, a mempool, history and re-orgs. What contracts
 * do is plugged in as `Program`s, which run on a copy of the state, so that a simulation leaves nothing behind.
 */
import { type Hex, toHex } from "@enigma-discovery/protocol"
import { Transaction as EthersTransaction, encodeRlp } from "ethers"
import { hash, words } from "./enclave-seal.ts"

export interface FakeLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
}
export interface World {
  /** Storage words of Enigma. */
  readonly storage: Map<bigint, bigint>
  /** Anything else that programs keep (credit, allowances), by a name of theirs. */
  readonly ledger: Map<string, bigint>
  readonly code: Map<Hex, Hex>
}
export interface Transaction {
  readonly from: Hex
  readonly to: Hex
  readonly data: Hex
  readonly value: bigint
}
export interface Execution {
  readonly world: World
  readonly logs: FakeLog[]
  readonly block: { readonly number: bigint; readonly timestampS: bigint }
}
export interface Program {
  /** Runs a transaction; throws a `Revert` to refuse it. Returns what a call would return. */
  run(transaction: Transaction, execution: Execution): Hex
}
export class Revert extends Error {
  readonly data: Hex
  constructor(data: Hex) {
    super("execution reverted")
    this.data = data
  }
}

interface Mined {
  readonly hash: Hex
  readonly transaction: Transaction
  readonly ok: boolean
  readonly logs: readonly FakeLog[]
}
interface Block {
  readonly number: bigint
  readonly hash: Hex
  readonly timestampS: bigint
  readonly world: World
  readonly mined: readonly Mined[]
  readonly header: Readonly<Record<string, string>>
}

/** A header of the newest fork; the salt, as its mixHash, gives every branch other hashes. */
function headerOf(number: bigint, timestampS: bigint, parent: Hex | undefined, salt: number): Record<string, string> {
  const zero = (bytes: number) => `0x${"00".repeat(bytes)}`
  return {
    ...{ parentHash: parent ?? zero(32), sha3Uncles: zero(32), miner: zero(20), stateRoot: zero(32) },
    ...{ transactionsRoot: zero(32), receiptsRoot: zero(32), logsBloom: `0x${"ff".repeat(256)}`, difficulty: "0x0" },
    ...{ number: quantity(number), gasLimit: "0x3938700", gasUsed: "0x0", timestamp: quantity(timestampS) },
    ...{ extraData: "0x", mixHash: toHex(words(salt)), nonce: zero(8), baseFeePerGas: "0x1" },
    ...{ withdrawalsRoot: zero(32), blobGasUsed: "0x0", excessBlobGas: "0x0", parentBeaconBlockRoot: zero(32) },
    requestsHash: zero(32),
  }
}

const QUANTITIES = "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split(" ")
/** The fields stand in the yellow paper's order; integers without leading zeros. */
function headerHash(header: Readonly<Record<string, string>>): Uint8Array {
  const items = Object.entries(header).map(([name, value]) => {
    if (!QUANTITIES.includes(name)) return value
    const digits = BigInt(value) === 0n ? "" : BigInt(value).toString(16)
    return `0x${digits.length % 2 === 0 ? "" : "0"}${digits}`
  })
  return hash(Buffer.from(encodeRlp(items).slice(2), "hex"))
}

const copy = ({ storage, ledger, code }: World): World => ({
  storage: new Map(storage),
  ledger: new Map(ledger),
  code: new Map(code),
})
const quantity = (value: bigint | number): Hex => `0x${value.toString(16)}`
const SECONDS_PER_BLOCK = 12n

export class FakeChain {
  readonly chainId: bigint
  readonly programs = new Map<Hex, Program>()
  readonly calls: string[] = []
  accounts: readonly Hex[]
  /** Mine each transaction as it arrives. */
  automine = true
  /** Before answering: throw to fail a request, return something to answer it, undefined to go on. */
  intercept: ((method: string, params: readonly unknown[]) => unknown) | undefined
  /** Blocks older than this have lost their state. */
  historyFrom = 0n
  #blocks: Block[] = []
  #pool: { hash: Hex; transaction: Transaction }[] = []
  #salt = 0
  readonly #nonces = new Map<Hex, number>()

  constructor(chainId: bigint, accounts: readonly Hex[]) {
    this.chainId = chainId
    this.accounts = accounts
    this.#append({ storage: new Map(), ledger: new Map(), code: new Map() }, [])
  }

  /** Transactions waiting to be mined. */
  get pending(): number {
    return this.#pool.length
  }
  get head(): Block {
    return this.#blocks.at(-1)!
  }
  block(number: bigint): Block {
    return this.#blocks[Number(number)]!
  }

  #append(world: World, mined: readonly Mined[]): Block {
    const number = BigInt(this.#blocks.length)
    this.#salt += 1
    const timestampS = 1_700_000_000n + number * SECONDS_PER_BLOCK
    const header = headerOf(number, timestampS, this.#blocks.at(-1)?.hash, this.#salt)
    const block = { number, hash: toHex(headerHash(header)), timestampS, world, mined, header }
    this.#blocks.push(block)
    return block
  }

  /** Mines the mempool into one block; `change` edits the state beside it, as transactions of others would. */
  mine(change: (execution: Execution) => void = () => {}): Block {
    const world = copy(this.head.world)
    const block = { number: this.head.number + 1n, timestampS: this.head.timestampS + SECONDS_PER_BLOCK }
    const mined = this.#pool.map(({ hash: txHash, transaction }) => {
      const trial = copy(world)
      const logs: FakeLog[] = []
      try {
        this.#run(transaction, { world: trial, logs, block })
        replace(world, trial)
        return { hash: txHash, transaction, ok: true, logs }
      } catch {
        return { hash: txHash, transaction, ok: false, logs: [] }
      }
    })
    this.#pool = []
    const logs: FakeLog[] = []
    change({ world, logs, block })
    this.#salt += 1
    const other: Mined = {
      hash: toHex(hash(words(1n, this.#salt))),
      transaction: { from: "0x", to: "0x", data: "0x", value: 0n },
      ok: true,
      logs,
    }
    return this.#append(world, logs.length > 0 ? [...mined, other] : mined)
  }

  /** A block without the transactions that wait. */
  mineEmpty(): void {
    const waiting = this.#pool
    this.#pool = []
    this.mine()
    this.#pool = waiting
  }

  /** Puts a transaction before those that wait, and mines all. */
  mineAhead(transaction: Transaction): void {
    this.#salt += 1
    this.#pool.unshift({ hash: toHex(hash(words(3n, this.#salt))), transaction })
    this.mine()
  }

  /** Takes back the newest blocks. Their transactions go to the mempool again, or, with `drop`, are lost. */
  reorg(depth: number, { drop = false } = {}): void {
    const gone = this.#blocks.splice(-depth)
    if (drop) return
    const back = gone.flatMap(({ mined }) => mined).filter(({ transaction }) => transaction.to !== "0x")
    this.#pool.push(...back.map(({ hash: txHash, transaction }) => ({ hash: txHash, transaction })))
  }

  #run(transaction: Transaction, execution: Execution): Hex {
    const program = this.programs.get(transaction.to)
    if (program === undefined) return "0x"
    return program.run(transaction, execution)
  }

  #simulate(raw: Record<string, string>): Hex {
    const next = { number: this.head.number + 1n, timestampS: this.head.timestampS + SECONDS_PER_BLOCK }
    return this.#run(transactionOf(raw), { world: copy(this.head.world), logs: [], block: next })
  }

  /** EIP-1193. */
  async request({ method, params = [] }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
    this.calls.push(method)
    const answer = this.intercept?.(method, params)
    if (answer !== undefined) return await answer
    const [first, second, third] = params as [never, never, never]
    switch (method) {
      case "eth_chainId":
        return quantity(this.chainId)
      case "eth_accounts":
      case "eth_requestAccounts":
        return this.accounts
      case "eth_blockNumber":
        return quantity(this.head.number)
      case "eth_getBlockByNumber":
        return blockAnswer(first === "latest" ? this.head : this.#blocks[Number(first)])
      case "eth_getCode":
        return this.head.world.code.get(first) ?? "0x"
      case "eth_getStorageAt":
        return this.#storage(BigInt(second), third)
      case "eth_call":
        return this.#simulate(first)
      case "eth_estimateGas":
        this.#simulate(first)
        return quantity(100_000)
      case "eth_sendTransaction":
        return this.#send(first)
      case "eth_sendRawTransaction":
        return this.#sendRaw(first)
      case "eth_getTransactionCount":
        return quantity(this.#nonces.get(first) ?? 0)
      case "eth_gasPrice":
      case "eth_maxPriorityFeePerGas":
        return "0x1"
      case "eth_getTransactionByHash":
        return this.#transaction(first)
      case "eth_getTransactionReceipt":
        return this.#receipt(first)
      case "eth_getLogs":
        return this.#logs(first)
      default:
        throw Object.assign(new Error(`the method ${method} does not exist`), { code: -32601 })
    }
  }

  #storage(slot: bigint, tag: string): Hex {
    const block = tag === "latest" ? this.head : this.#blocks[Number(tag)]
    if (block === undefined) throw Object.assign(new Error("header not found"), { code: -32000 })
    if (block.number < this.historyFrom)
      throw Object.assign(new Error("missing trie node 00 (path ) state is not available"), { code: -32000 })
    return `0x${(block.world.storage.get(slot) ?? 0n).toString(16).padStart(64, "0")}`
  }

  #send(raw: Record<string, string>, known?: Hex): Hex {
    const transaction = transactionOf(raw)
    this.#salt += 1
    const txHash = known ?? toHex(hash(words(2n, this.#salt)))
    this.#pool.push({ hash: txHash, transaction })
    if (this.automine) this.mine()
    return txHash
  }

  /** As a node does: the sender is whoever signed, and a nonce is good once. */
  #sendRaw(raw: Hex): Hex {
    const signed = EthersTransaction.from(raw)
    const { from, to, data, value, nonce, chainId } = signed
    const sender = from!.toLowerCase() as Hex
    if (nonce !== (this.#nonces.get(sender) ?? 0)) throw Object.assign(new Error("nonce too low"), { code: -32000 })
    if (chainId !== this.chainId) throw Object.assign(new Error("invalid chain id"), { code: -32000 })
    this.#nonces.set(sender, nonce + 1)
    return this.#send({ from: sender, to: to!, data, value: quantity(value) }, signed.hash as Hex)
  }

  #transaction(txHash: Hex): unknown {
    const waits = this.#pool.find((one) => one.hash === txHash)
    const found = this.#blocks.find(({ mined }) => mined.some((one) => one.hash === txHash))
    const { transaction } = waits ?? found?.mined.find((one) => one.hash === txHash) ?? {}
    if (transaction === undefined) return null
    const place = found === undefined ? {} : { ...placeOf(found), transactionIndex: "0x0" }
    const signature = { r: `0x${"11".repeat(32)}`, s: `0x${"11".repeat(32)}`, v: "0x1b", type: "0x0", nonce: "0x0" }
    const { data: input, value, ...rest } = transaction
    return { hash: txHash, ...place, ...rest, input, value: quantity(value), gas: "0x0", gasPrice: "0x1", ...signature }
  }

  #receipt(txHash: Hex): unknown {
    for (const block of this.#blocks)
      for (const [i, mined] of block.mined.entries()) {
        if (mined.hash !== txHash) continue
        const before = block.mined.slice(0, i).reduce((sum, one) => sum + one.logs.length, 0)
        const logs = mined.logs.map((log, at) => logAnswer(block, mined, log, before + at))
        return { ...placeOf(block), status: mined.ok ? "0x1" : "0x0", gasUsed: "0xea60", logs }
      }
    return null
  }

  #logs(filter: LogFilter): unknown {
    const { blockHash, fromBlock = "0x0", toBlock = "0x0", topics: wanted = [] } = filter
    const inRange = ({ number }: Block) => number >= BigInt(fromBlock) && number <= BigInt(toBlock)
    return this.#blocks
      .filter((block) => (blockHash === undefined ? inRange(block) : block.hash === blockHash))
      .flatMap((block) => {
        let index = 0
        return block.mined.flatMap((mined) => mined.logs.map((log) => logAnswer(block, mined, log, index++)))
      })
      .filter(({ address }) => address === filter.address)
      .filter(({ topics }) => wanted.every((want, i) => want === null || [want].flat().includes(topics[i]!)))
  }
}

interface LogFilter {
  readonly address: Hex
  readonly topics?: readonly (Hex | Hex[] | null)[]
  readonly fromBlock?: string
  readonly toBlock?: string
  readonly blockHash?: Hex
}

function replace(world: World, by: World): void {
  for (const key of ["storage", "ledger", "code"] as const) {
    world[key].clear()
    for (const [k, v] of by[key] as Map<never, never>) (world[key] as Map<never, never>).set(k, v)
  }
}

const transactionOf = (raw: Record<string, string>): Transaction => ({
  from: (raw.from ?? "0x").toLowerCase() as Hex,
  to: (raw.to ?? "0x").toLowerCase() as Hex,
  data: (raw.data ?? "0x") as Hex,
  value: BigInt(raw.value ?? 0),
})
const placeOf = (block: Block) => ({ blockNumber: quantity(block.number), blockHash: block.hash })
const blockAnswer = (block: Block | undefined) =>
  block === undefined ? null : { ...block.header, hash: block.hash, transactions: [] }
const logAnswer = (block: Block, mined: Mined, log: FakeLog, index: number) => ({
  ...{ ...log, ...placeOf(block), transactionHash: mined.hash },
  ...{ logIndex: quantity(index), removed: false },
})
