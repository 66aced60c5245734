/** Enigma's rules, as far as a client meets them, on a `FakeChain`: the same storage words, events and errors. */

import {
  enigmaInterface,
  tokenInterface,
  attestationInterface as verifierInterface,
} from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, packBatchInfo, packTerms, toHex, unpackTerms } from "@enigma-discovery/protocol"
import { contractAddress, SLOT } from "@enigma-discovery/verify"
import { type Result, verifyTypedData } from "ethers"
import { hash, tag, words } from "./enclave-seal.ts"
import { type Execution, type FakeChain, type FakeLog, type Program, Revert, type Transaction } from "./fake-chain.ts"

export const ADDRESSES = {
  enigma: `0x${"e1".repeat(20)}`,
  token: `0x${"70".repeat(20)}`,
  verifier: `0x${"be".repeat(20)}`,
  implementation: `0x${"1a".repeat(20)}`,
} as const satisfies Record<string, Hex>
export const BASE_FEE = 10_000n
/** For each settled record, to whoever settles it. */
export const SETTLE_REWARD = 4_000n
const LINK_RING = 32
const RECEIPT_RING = 32

/** Fields from bit 0 up. */
const pack = (...fields: readonly (readonly [bigint | number, number])[]): bigint =>
  fields.reduceRight((word, [value, bits]) => (word << BigInt(bits)) | BigInt(value), 0n)
const big = (bytes: Uint8Array): bigint => BigInt(toHex(bytes))

export interface Queue {
  submitted: number
  committed: number
  cumLocked: bigint
  cumCommitted: bigint
  batches: number
}

export class FakeEnigma {
  readonly chain: FakeChain
  readonly address = fromHex(ADDRESSES.enigma)
  readonly trustHash: Uint8Array
  readonly allowed = new Set<Hex>()
  /** Envelopes that came in calldata, by their hash. */
  readonly inline = new Map<Hex, Uint8Array>()
  readonly #cums = new Map<string, bigint>()

  constructor(chain: FakeChain, trustHash: Uint8Array) {
    this.chain = chain
    this.trustHash = trustHash
    const programs: Record<Hex, Program["run"]> = {
      [ADDRESSES.enigma]: (tx, execution) => this.#enigma(tx, execution),
      [ADDRESSES.token]: (tx, execution) => this.#token(tx, execution),
      [ADDRESSES.verifier]: (tx) => {
        const [measurement] = verifierInterface.decodeFunctionData("isAllowed", tx.data)
        return verifierInterface.encodeFunctionResult("isAllowed", [this.allowed.has(measurement)]) as Hex
      },
    }
    for (const [address, run] of Object.entries(programs)) chain.programs.set(address as Hex, { run })
    chain.mine(({ world }) => world.code.set(ADDRESSES.enigma, "0x01"))
  }

  queue(contract: Uint8Array, { world } = this.chain.head as Pick<Execution, "world">): Queue {
    let word = world.storage.get(SLOT.queueCounters(contract)) ?? 0n
    const take = (bits: number) => {
      const value = word & ((1n << BigInt(bits)) - 1n)
      word >>= BigInt(bits)
      return value
    }
    const [submitted, committed] = [Number(take(32)), Number(take(32))]
    const [cumLocked, cumCommitted] = [take(64), take(64)]
    take(56)
    return { submitted, committed, cumLocked, cumCommitted, batches: Number(take(5)) }
  }

  #setQueue(contract: Uint8Array, q: Queue, { world }: Pick<Execution, "world">): void {
    const word = pack(
      [q.submitted, 32],
      [q.committed, 32],
      [q.cumLocked, 64],
      [q.cumCommitted, 64],
      [0, 56],
      [q.batches % RECEIPT_RING, 5],
    )
    world.storage.set(SLOT.queueCounters(contract), word)
  }

  #enigma(tx: Transaction, execution: Execution): Hex {
    const call = enigmaInterface.parseTransaction({ data: tx.data })!
    const answer = (...values: unknown[]) => enigmaInterface.encodeFunctionResult(call.name, values) as Hex
    const { ledger } = execution.world
    const credit = (who: string) => ledger.get(`credit ${who.toLowerCase()}`) ?? 0n
    const setCredit = (who: string, to: bigint) => ledger.set(`credit ${who.toLowerCase()}`, to)
    switch (call.name) {
      case "parameters":
        return answer(this.#parameters())
      case "accountImplementation":
        return answer(ADDRESSES.implementation)
      case "creditOf":
        return answer(credit(call.args[0]))
      case "deposit":
        setCredit(call.args[0], credit(call.args[0]) + call.args[1])
        return "0x"
      case "depositWithPermit":
        ledger.set("permits", (ledger.get("permits") ?? 0n) + 1n)
        setCredit(tx.from, credit(tx.from) + call.args[0])
        return "0x"
      case "withdraw": {
        if (credit(tx.from) < call.args[1]) throw refusal("CreditTooLow", tx.from, credit(tx.from), call.args[1])
        setCredit(tx.from, credit(tx.from) - call.args[1])
        return "0x"
      }
      case "recordTask":
        return answer(this.#record(tx, call.args[0], [call.args[1]], [call.args[2]], execution, 0))
      case "recordTasks":
        return answer(this.#record(tx, call.args[0], [...call.args[1]], [...call.args[2]], execution, 0))
      case "recordTaskWithInputs": {
        const [contract, inputs, terms] = call.args
        const inputsHash = toHex(hash(fromHex(inputs)))
        this.inline.set(inputsHash as Hex, fromHex(inputs))
        return answer(this.#record(tx, contract, [inputsHash], [terms], execution, 1))
      }
      case "recordPayableTask": {
        const [contract, inputsHash, terms, token, amount] = call.args
        if (BigInt(token) === 0n && tx.value !== amount) throw refusal("PaymentMismatch", tx.value, amount)
        const index = this.queue(fromHex(contract.toLowerCase()), execution).submitted
        emit(execution.logs, "TaskPaid", [contract, index, token, amount])
        const payment = { token: fromHex(token.toLowerCase()), amount }
        return answer(this.#record(tx, contract, [inputsHash], [terms], execution, 0, payment))
      }
      case "orderNonces":
        return answer(0n, this.#usedNonces(call.args[0], execution))
      case "recordOrder":
        return answer(this.#order(call.args[0], call.args[1], call.args[2], tx, execution))
      case "cancelOrders":
        for (const nonce of call.args[0]) this.#useNonce(tx.from, nonce, execution)
        return "0x"
      case "ledgerOf":
        return answer(ledger.get(`ledger ${call.args[0].toLowerCase()} ${call.args[1].toLowerCase()}`) ?? 0n)
      case "withdrawPayment": {
        const key = `ledger ${tx.from} ${call.args[0].toLowerCase()}`
        const balance = ledger.get(key) ?? 0n
        if (balance < call.args[2]) throw refusal("LedgerTooLow", tx.from, call.args[0], balance, call.args[2])
        ledger.set(key, balance - call.args[2])
        return "0x"
      }
      case "settleExpired":
        return this.#settleExpired(tx, call.args, execution)
      case "recordDeployment":
        return answer(this.#deploy(tx, call.args as never, execution))
      default:
        throw new Error(`no ${call.name}`)
    }
  }

  #usedNonces(signer: string, { world }: Execution): bigint {
    return world.ledger.get(`nonces ${signer.toLowerCase()}`) ?? 0n
  }
  #useNonce(signer: string, nonce: bigint, execution: Execution): void {
    const used = this.#usedNonces(signer, execution)
    if (nonce > 63n || (used >> nonce) & 1n) throw refusal("OrderNonceUnusable", signer, nonce, 0)
    execution.world.ledger.set(`nonces ${signer.toLowerCase()}`, used | (1n << nonce))
  }

  /** The signature is checked by ethers over the type's text, field by field as Solidity has it. */
  #order(order: Result, signer: string, signature: string, tx: Transaction, run: Execution): Hex {
    const fields =
      "address secretContract,bytes32 inputsHash,uint64 gasLimit,uint64 gasPriceGrains,uint64 callbackGas,uint64 callbackPriceGrains,uint32 keyEpoch,uint256 nonce,uint64 expiryBlock,uint64 relayerFeeGrains"
    const types = fields.split(",").map((field) => ({ type: field.split(" ")[0]!, name: field.split(" ")[1]! }))
    const domain = { name: "Enigma", version: "1", chainId: this.chain.chainId, verifyingContract: ADDRESSES.enigma }
    const o = order.toObject()
    if (run.block.number > o.expiryBlock) throw refusal("OrderExpired", o.expiryBlock)
    if (verifyTypedData(domain, { Order: types }, o, signature).toLowerCase() !== signer.toLowerCase())
      throw refusal("OrderSignatureInvalid", signer)
    this.#useNonce(signer, o.nonce, run)
    const { ledger } = run.world
    const [from, to] = [`credit ${signer.toLowerCase()}`, `credit ${tx.from}`]
    ledger.set(from, (ledger.get(from) ?? 0n) - o.relayerFeeGrains)
    ledger.set(to, (ledger.get(to) ?? 0n) + o.relayerFeeGrains)
    const { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains } = o
    const terms = packTerms({
      gasLimit,
      gasPriceGrains,
      callbackGas,
      callbackPriceGrains,
      flags: 0,
      lockedGrains: 0n,
      index: 0,
    })
    const sender = { ...tx, from: signer.toLowerCase() as Hex }
    return this.#record(sender, o.secretContract, [o.inputsHash], [terms], run, 4)
  }

  /** As Settlement.sol: folds the records, and those after them, to a link that is stored. */
  #settleExpired({ from }: Transaction, [to, previous, records, payments, later]: Result, run: Execution): Hex {
    const contract = fromHex(to.toLowerCase())
    const queue = this.queue(contract, run)
    const fromIndex = queue.committed
    const { ledger, storage } = run.world
    const add = (key: string, amount: bigint) => ledger.set(key, (ledger.get(key) ?? 0n) + amount)
    let [link, cum, index, reward]: [Uint8Array, bigint, number, bigint] = [
      fromHex(previous),
      queue.cumCommitted,
      fromIndex,
      0n,
    ]
    records.forEach((record: Result, position: number) => {
      const t = unpackTerms(record.terms)
      if (t.index !== index) throw refusal("RecordOutOfPlace", t.index, index)
      const payment = payments.find((one: Result) => Number(one.position) === position)
      if (payment) add(`ledger ${record.sender.toLowerCase()} ${payment.token.toLowerCase()}`, payment.amount)
      const place = [record.place & 0xffff_ffff_ffff_ffffn, record.place >> 64n]
      const leaf = hash(
        words(
          ...[
            tag("leaf"),
            fromHex(record.sender.toLowerCase()),
            fromHex(record.inputsHash),
            t.gasLimit,
            t.gasPriceGrains,
          ],
          ...[
            t.callbackGas,
            t.callbackPriceGrains,
            t.flags,
            fromHex(payment?.token.toLowerCase() ?? `0x${"00".repeat(20)}`),
          ],
          ...[payment?.amount ?? 0n, ...place],
        ),
      )
      cum += t.lockedGrains
      link = hash(words(link, leaf, index, cum))
      index += 1
      reward += SETTLE_REWARD
      add(`credit ${record.sender.toLowerCase()}`, t.lockedGrains - SETTLE_REWARD)
      if (position === records.length - 1 && run.block.number < place[0]! + 600n)
        throw refusal("NotExpired", t.index, place[0]! + 600n)
    })
    let stored = index - 1
    for (const { leaf, cumLockedGrains } of later) link = hash(words(link, fromHex(leaf), ++stored, cumLockedGrains))
    if (storage.get(SLOT.link(contract, stored)) !== big(link)) throw refusal("LinkMismatch", stored, toHex(link))
    this.#setQueue(contract, { ...queue, committed: index, cumCommitted: cum }, run)
    add(`credit ${from}`, reward)
    emit(run.logs, "RecordsSettled", [to, fromIndex, index, from, reward])
    return "0x"
  }

  /** What a client looks at; every other parameter, of whatever kind, is zero. */
  #parameters() {
    const known: Record<string, unknown> = {
      ...{ token: ADDRESSES.token, verifier: ADDRESSES.verifier, trustHash: this.trustHash },
      ...{ epochLengthBlocks: 20, expiryBlocks: 600, baseFeeGrains: BASE_FEE, minGasLimit: 1_000 },
      ...{ minGasPriceGrains: 1, minCallbackPriceGrains: 2 },
    }
    const zero = (type: string) => (type === "address" ? `0x${"00".repeat(20)}` : type.startsWith("bytes") ? "0x" : 0)
    const fields = enigmaInterface.getFunction("parameters")!.outputs[0]!.components!
    return fields.map(({ name, type }) => known[name] ?? zero(type))
  }

  #token(tx: Transaction, { world }: Execution): Hex {
    const call = tokenInterface.parseTransaction({ data: tx.data })!
    const values: Record<string, unknown> = { name: "Enigma", nonces: world.ledger.get("permits") ?? 0n }
    const [owner] = call.args.toArray()
    const allowance = world.ledger.get(`allowance ${String(owner).toLowerCase()}`) ?? 0n
    return tokenInterface.encodeFunctionResult(call.name, [values[call.name] ?? allowance]) as Hex
  }

  #deploy(tx: Transaction, [codeHash, userSalt, inputsHash, terms]: [string, string, string, bigint], run: Execution) {
    const contract = contractAddress({
      ...{ enigma: this.address, accountImplementation: fromHex(ADDRESSES.implementation) },
      ...{ deployer: fromHex(tx.from), codeHash: fromHex(codeHash), userSalt: fromHex(userSalt) },
    })
    const clone = `0x363d3d373d3d3d363d73${ADDRESSES.implementation.slice(2)}5af43d82803e903d91602b57fd5bf3${codeHash.slice(2)}${tx.from.slice(2)}`
    run.world.code.set(toHex(contract), clone as Hex)
    emit(run.logs, "DeploymentRecorded", [toHex(contract), tx.from, codeHash, userSalt])
    this.#record(tx, toHex(contract), [inputsHash], [terms], run, 2)
    return toHex(contract)
  }

  #record(
    tx: Transaction,
    to: string,
    hashes: string[],
    terms: bigint[],
    run: Execution,
    flags: number,
    payment = NO_PAYMENT,
  ): Hex {
    const contract = fromHex(to.toLowerCase())
    const queue = this.queue(contract, run)
    if (queue.submitted === 0 && flags !== 2) throw refusal("UnknownContract", to)
    const { world, block } = run
    let link = this.#lastLink(contract, queue, run)
    const told = hashes.map((inputsHash, i) => {
      const t = unpackTerms(terms[i]!)
      if (t.gasLimit < 1_000n) throw refusal("TermsTooLow", terms[i], 1_000, 1, 2)
      const locked = BASE_FEE + t.gasLimit * t.gasPriceGrains + t.callbackGas * t.callbackPriceGrains
      const credit = world.ledger.get(`credit ${tx.from}`) ?? 0n
      if (credit < locked) throw refusal("CreditTooLow", tx.from, credit, locked)
      world.ledger.set(`credit ${tx.from}`, credit - locked)
      queue.cumLocked += locked
      const index = queue.submitted++
      this.#cums.set(`${to.toLowerCase()} ${index}`, queue.cumLocked)
      const leaf = hash(
        words(
          ...[tag("leaf"), fromHex(tx.from), fromHex(inputsHash), t.gasLimit, t.gasPriceGrains, t.callbackGas],
          ...[t.callbackPriceGrains, flags, payment.token, payment.amount, block.number, block.timestampS],
        ),
      )
      link = hash(words(link, leaf, index, queue.cumLocked))
      if (i === hashes.length - 1) world.storage.set(SLOT.link(contract, index), big(link))
      else world.storage.set(SLOT.link(contract, index), 0n)
      return packTerms({ ...t, flags, lockedGrains: locked, index })
    })
    this.#setQueue(contract, queue, run)
    if (told.length === 1) emit(run.logs, "TaskRecorded", [to, tx.from, hashes[0], told[0]])
    else emit(run.logs, "TasksRecorded", [to, tx.from, hashes, told])
    return toHex(link)
  }

  #lastLink(contract: Uint8Array, { submitted }: Queue, { world }: Execution): Uint8Array {
    if (submitted === 0) return hash(words(tag("queue"), this.chain.chainId, this.address, contract))
    const stored = world.storage.get(SLOT.link(contract, (submitted - 1) % LINK_RING)) ?? 0n
    return fromHex(`0x${stored.toString(16).padStart(64, "0")}`)
  }

  /** Opens epoch n under a seed, in a block of its own. */
  openEpoch(epoch: number, seed: Uint8Array, workers: number): void {
    this.chain.mine(({ world, block }) => {
      const entry = pack([epoch, 32], [block.number, 48], [block.number, 48])
      world.storage.set(
        SLOT.epochState(),
        entry | (pack([workers, 24], [workers === 0 ? 0 : 1, 8], [workers, 32]) << 128n),
      )
      world.storage.set(SLOT.epoch(epoch)[0], entry)
      world.storage.set(SLOT.epoch(epoch)[1], big(seed))
    })
  }

  /** Words of worker `id` (1 to 7) and its weight, in force from the next epoch read on. */
  setWorker(
    id: number,
    w: {
      signer: Uint8Array
      operator: Uint8Array
      encryptionKey: Uint8Array
      weight: number
      status?: number
      expiryS?: bigint
    },
  ) {
    this.chain.mine(({ world }) => {
      const [identity, account, key] = SLOT.worker(id)
      world.storage.set(identity, pack([big(w.signer), 160], [w.expiryS ?? 4_000_000_000n, 32], [w.status ?? 2, 8]))
      world.storage.set(account, big(w.operator))
      world.storage.set(key, big(w.encryptionKey))
      const [, pending] = SLOT.node(0n)
      const shift = BigInt(32 * (id - 1))
      const others = (world.storage.get(pending) ?? 0n) & ~(0xffff_ffffn << shift)
      world.storage.set(pending, others | (BigInt(w.weight) << shift))
    })
  }

  /** As a commit transaction: moves the queue on, keeps the root, tells it. */
  commit(
    contract: Uint8Array,
    b: { workerId: number; toIndex: number; root: Uint8Array; callbacksFailed?: boolean },
  ): Hex {
    this.chain.mine((execution) => {
      const queue = this.queue(contract, execution)
      const fromIndex = queue.committed
      queue.committed = b.toIndex
      queue.cumCommitted = this.#cums.get(`${toHex(contract)} ${b.toIndex - 1}`) ?? 0n
      queue.batches += 1
      this.#setQueue(contract, queue, execution)
      const head = new Uint8Array(32)
      const { workerId, toIndex, callbacksFailed = false } = b
      const info = packBatchInfo({ fromIndex, toIndex, workerId, callbacksFailed })
      emit(execution.logs, "BatchCommitted", [toHex(contract), b.root, head, info])
    })
    return this.chain.head.mined.at(-1)!.hash
  }

  settle(contract: Uint8Array, toIndex: number): void {
    this.chain.mine((execution) => {
      const queue = this.queue(contract, execution)
      emit(execution.logs, "RecordsSettled", [toHex(contract), queue.committed, toIndex, ADDRESSES.token, 0])
      queue.committed = toIndex
      this.#setQueue(contract, queue, execution)
    })
  }

  cancelOrder(signer: Hex, nonce: bigint): void {
    this.chain.mine((execution) => this.#useNonce(signer, nonce, execution))
  }

  credit(account: Hex, grains: bigint): void {
    this.chain.mine(({ world }) => world.ledger.set(`credit ${account}`, grains))
  }
}

const NO_PAYMENT: { readonly token: Uint8Array; readonly amount: bigint } = { token: new Uint8Array(20), amount: 0n }
const refusal = (name: string, ...args: unknown[]): Revert =>
  new Revert(enigmaInterface.encodeErrorResult(name, args) as Hex)

function emit(logs: FakeLog[], name: string, args: unknown[]): void {
  const { topics, data } = enigmaInterface.encodeEventLog(name, args)
  logs.push({ address: ADDRESSES.enigma, topics: topics as Hex[], data: data as Hex })
}
