/** Workers whose enclaves do everything a client can check, for real: keys, quotes, draws, sealed outputs, signatures, receipts. */
import { createHash, randomBytes } from "node:crypto"
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { addressOfSigningKey, newSigningKey, type SecretKey, signDigest } from "@enigma-discovery/crypto"
import {
  BatchCodec,
  type CommittedReceipt,
  encode,
  fromHex,
  GATEWAY_METHODS,
  type Hex,
  type NetworkConfig,
  REQUESTS,
  type Receipt,
  ReceiptCodec,
  SignedBatchCodec,
  type TaskRecord,
  TaskResultCodec,
  toHex,
} from "@enigma-discovery/protocol"
import { merkleProof, receiptLeaf, receiptsRoot, trustHash } from "@enigma-discovery/verify"
import {
  type AnswerBody,
  type AskedQuery,
  type Body,
  encodeAnswer,
  encodeBody,
  hash,
  openEnvelope,
  openQuery,
  sealOutput,
  tag,
  words,
  type X25519Pair,
  x25519Pair,
} from "./enclave-seal.ts"
import { FakeChain } from "./fake-chain.ts"
import { ADDRESSES, FakeEnigma } from "./fake-enigma.ts"

export const CHAIN_ID = 31_337n
export const USER: Hex = `0x${"a1".repeat(20)}`
export const MEASUREMENT = createHash("sha256").update("worker program").digest()

export interface FakeWorker {
  readonly id: number
  readonly weight: number
  readonly signing: SecretKey
  readonly signer: Uint8Array
  readonly operator: Uint8Array
  readonly encryptionKey: Uint8Array
}
export interface Executed {
  readonly receipt: Receipt
  readonly output: Uint8Array | undefined
  readonly fallback: Uint8Array | undefined
  readonly calldata: Uint8Array
  readonly previousHead: Uint8Array
}

export const networkConfig = (): NetworkConfig => ({
  ...{ version: 1, chainId: CHAIN_ID, enigma: fromHex(ADDRESSES.enigma), epochLengthBlocks: 20, depth: 1 },
  ...{ storageReceipts: 1, witnessThreshold: 1, witnesses: [new Uint8Array(20).fill(5)], keyThreshold: 1 },
  ...{ keyManagers: 1, beaconKey: new Uint8Array(256), contractKey: new Uint8Array(256).fill(1) },
  ...{ expiryBlocks: 600, inputsGraceBlocks: 20, keyManagerMeasurement: new Uint8Array(32).fill(6) },
})

export class FakeNetwork {
  readonly chain = new FakeChain(CHAIN_ID, [USER])
  readonly enigma: FakeEnigma
  readonly devRoot = newSigningKey()
  readonly workers: readonly FakeWorker[]
  readonly envelopes = new Map<Hex, { contract: Hex; sender: Hex; envelope: Uint8Array }>()
  readonly codes = new Map<Hex, Uint8Array>()
  readonly executed = new Map<string, Executed>()
  readonly committed = new Map<string, { transactionHash: Hex; fromIndex: number; toIndex: number; failed: boolean }>()
  epoch = 0
  #seeds = new Map<number, Uint8Array>()
  #io = new Map<string, X25519Pair>()

  constructor(weights: readonly number[] = [100, 250, 150]) {
    this.enigma = new FakeEnigma(this.chain, trustHash(networkConfig()))
    this.workers = weights.map((weight, i) => {
      const signing = newSigningKey()
      const [operator, encryptionKey] = [Uint8Array.from(randomBytes(20)), x25519Pair().public]
      return { id: i + 1, weight, signing, signer: addressOfSigningKey(signing), operator, encryptionKey }
    })
    for (const worker of this.workers) this.enigma.setWorker(worker.id, worker)
    this.enigma.allowed.add(toHex(MEASUREMENT))
    this.enigma.credit(USER, 10n ** 12n)
    this.nextEpoch()
  }

  nextEpoch(): void {
    this.epoch += 1
    const seed = hash(words(7n, this.epoch))
    this.#seeds.set(this.epoch, seed)
    this.enigma.openEpoch(this.epoch, seed, this.workers.length)
  }

  /** PROTOCOL §5.3 by itself: a walk along the weights. */
  drawn(contract: Hex, epoch = this.epoch): FakeWorker {
    const total = this.workers.reduce((sum, { weight }) => sum + weight, 0)
    const r = hash(words(tag("draw"), this.#seeds.get(epoch)!, fromHex(contract), 0))
    let rest = BigInt(toHex(r)) % BigInt(total)
    for (const worker of this.workers) {
      if (rest < BigInt(worker.weight)) return worker
      rest -= BigInt(worker.weight)
    }
    throw new Error("draw")
  }

  io(contract: Hex, epoch = this.epoch): X25519Pair {
    const key = `${contract} ${epoch}`
    const known = this.#io.get(key) ?? x25519Pair()
    this.#io.set(key, known)
    return known
  }

  get place() {
    return { chainId: CHAIN_ID, enigma: fromHex(ADDRESSES.enigma) }
  }
  #signed(key: SecretKey, ...values: (bigint | number | Uint8Array)[]): Uint8Array {
    return signDigest(hash(words(...values)), key)
  }

  quote(
    worker: FakeWorker,
    over: Partial<{
      measurement: Uint8Array
      root: SecretKey
      issuedAtS: bigint
      role: number
      trustHash: Uint8Array
    }> = {},
  ): Uint8Array {
    const { measurement = MEASUREMENT, root = this.devRoot, issuedAtS = 1_700_000_000n, role = 1 } = over
    const trust = over.trustHash ?? this.enigma.trustHash
    const { chainId, enigma } = this.place
    const report = hash(
      words(tag("report"), chainId, enigma, role, worker.operator, worker.signer, worker.encryptionKey, trust),
    )
    const signature = this.#signed(root, tag("quote"), measurement, 1, issuedAtS, report)
    const seconds = fromHex(`0x${issuedAtS.toString(16).padStart(16, "0")}`)
    return Uint8Array.from(Buffer.concat([Buffer.of(1, 1), measurement, Buffer.of(0, 1), seconds, report, signature]))
  }

  statement(
    contract: Hex,
    over: Partial<{
      worker: FakeWorker
      signing: SecretKey
      epoch: number
      ioPublicKey: Uint8Array
      quote: Uint8Array
      contract: Hex
    }> = {},
  ): Hex {
    const epoch = over.epoch ?? this.epoch
    const worker = over.worker ?? this.drawn(contract, epoch)
    const about = fromHex(over.contract ?? contract)
    const ioPublicKey = over.ioPublicKey ?? this.io(contract, epoch).public
    const { chainId, enigma } = this.place
    const signature = this.#signed(
      over.signing ?? worker.signing,
      tag("key-statement"),
      chainId,
      enigma,
      about,
      epoch,
      ioPublicKey,
    )
    const { id: workerId, operator, signer, encryptionKey } = worker
    return toHex(
      encode(REQUESTS.keyStatement.response, {
        statement: { contract: about, epoch, ioPublicKey, workerId, signature },
        worker: { workerId, operator, signer, encryptionKey, quote: over.quote ?? this.quote(worker) },
      }),
    )
  }

  /** The records of a contract, from the chain's events. */
  record(contract: Hex, index: number): { record: TaskRecord; taskId: Uint8Array } {
    const { links, records } = this.#queueOf(contract)
    return { record: records[index]!, taskId: links[index]! }
  }

  #queueOf(contract: Hex): { links: Uint8Array[]; records: TaskRecord[] } {
    const records: TaskRecord[] = []
    const links: Uint8Array[] = []
    let link: Uint8Array = hash(words(tag("queue"), CHAIN_ID, fromHex(ADDRESSES.enigma), fromHex(contract)))
    let cum = 0n
    const paid = new Map<number, { token: Uint8Array; amount: bigint }>()
    for (let n = 0n; n <= this.chain.head.number; n++) {
      const block = this.chain.block(n)
      for (const log of block.mined.flatMap(({ logs }) => logs)) {
        const event = enigmaInterface.parseLog(log)
        if (event?.args.secretContract?.toLowerCase() !== contract) continue
        if (event?.name === "TaskPaid")
          paid.set(Number(event.args.index), {
            token: fromHex(event.args.token.toLowerCase()),
            amount: event.args.amount,
          })
        if (event?.name !== "TaskRecorded" && event?.name !== "TasksRecorded") continue
        const hashes: string[] = event.name === "TaskRecorded" ? [event.args.inputsHash] : [...event.args.inputsHashes]
        const terms: bigint[] = event.name === "TaskRecorded" ? [event.args.terms] : [...event.args.terms]
        hashes.forEach((inputsHash, i) => {
          const t = terms[i]!
          const bits = (from: bigint, size: bigint) => (t >> from) & ((1n << size) - 1n)
          const record: TaskRecord = {
            ...{ sender: fromHex(event.args.sender.toLowerCase()), inputsHash: fromHex(inputsHash) },
            ...{ gasLimit: bits(0n, 48n), gasPriceGrains: bits(48n, 40n), callbackGas: bits(88n, 32n) },
            ...{ callbackPriceGrains: bits(120n, 40n), flags: Number(bits(160n, 8n)) },
            ...(paid.get(links.length) ?? { token: new Uint8Array(20), amount: 0n }),
            ...{ blockNumber: n, timestampS: block.timestampS },
          }
          cum += bits(168n, 40n)
          const leaf = hash(
            words(
              ...[tag("leaf"), record.sender, record.inputsHash, record.gasLimit, record.gasPriceGrains],
              ...[
                record.callbackGas,
                record.callbackPriceGrains,
                record.flags,
                record.token,
                record.amount,
                n,
                block.timestampS,
              ],
            ),
          )
          link = hash(words(link, leaf, links.length, cum))
          links.push(link)
          records.push(record)
        })
      }
    }
    return { links, records }
  }

  /** Runs record `index` as the drawn worker's enclave would: opens the envelope, and seals what `run` answers. */
  execute(
    contract: Hex,
    index: number,
    run: (calldata: Uint8Array, sender: Uint8Array) => Body & { status?: number; fallback?: Body },
    codeHash: Uint8Array,
  ): Executed {
    const { record, taskId } = this.record(contract, index)
    const inputsHash = toHex(record.inputsHash)
    const inline = this.enigma.inline.get(inputsHash)
    const sent = inline === undefined ? this.envelopes.get(inputsHash) : { envelope: inline }
    const previousHead = new Uint8Array(32)
    const base = { index, taskId, gasClass: 1_024n, feeGrains: 11_024n, headAfter: previousHead }
    const zero = new Uint8Array(32)
    if (sent === undefined) {
      const receipt = {
        ...base,
        status: 4 as const,
        gasClass: 0n,
        feeGrains: 0n,
        outputHash: zero,
        fallbackOutputHash: zero,
      }
      return this.#keep(contract, { receipt, output: undefined, fallback: undefined, calldata: zero, previousHead })
    }
    const keyEpoch = Buffer.from(sent.envelope).readUInt32BE(2)
    const io = this.io(contract, keyEpoch)
    const where = { ...this.place, contract: fromHex(contract) }
    const { calldata, ephemeral } = openEnvelope(io, where, record.sender, codeHash, sent.envelope)
    const body = run(calldata, record.sender)
    const output = sealOutput(io, ephemeral, where, taskId, 0, encodeBody(body))
    const fallback = body.fallback && sealOutput(io, ephemeral, where, taskId, 1, encodeBody(body.fallback))
    const status = (body.status ?? (body.result === 0 ? 1 : 2)) as Receipt["status"]
    const fallbackOutputHash = fallback === undefined ? zero : hash(fallback)
    const receipt = {
      ...base,
      status,
      outputHash: Uint8Array.from(hash(output)),
      fallbackOutputHash: Uint8Array.from(fallbackOutputHash),
    }
    return this.#keep(contract, { receipt, output, fallback, calldata, previousHead })
  }
  #keep(contract: Hex, executed: Executed): Executed {
    this.executed.set(`${contract} ${executed.receipt.index}`, executed)
    return executed
  }

  result(
    contract: Hex,
    index: number,
    over: Partial<{
      signing: SecretKey
      worker: FakeWorker
      output: Uint8Array | undefined
      receipt: Receipt
      epoch: number
    }> = {},
  ): Hex | null {
    const done = this.executed.get(`${contract} ${index}`)
    if (done === undefined) return null
    const epoch = over.epoch ?? this.epoch
    const worker = over.worker ?? this.drawn(contract, epoch)
    const receipt = over.receipt ?? done.receipt
    const { chainId, enigma } = this.place
    const address = fromHex(contract)
    const leaf = receiptLeaf(address, receipt)
    const signature = this.#signed(
      over.signing ?? worker.signing,
      tag("result"),
      chainId,
      enigma,
      address,
      epoch,
      done.previousHead,
      leaf,
    )
    const output = "output" in over ? over.output : done.fallback === undefined ? done.output : undefined
    return toHex(
      encode(TaskResultCodec, {
        ...{ contract: address, epoch, workerId: worker.id, receipt, previousHead: done.previousHead },
        ...{ signature, proof: [], delta: undefined, checkpointHashes: [], output },
      }),
    )
  }

  /** Commits everything executed up to `toIndex` in one batch. */
  commit(contract: Hex, toIndex: number, { callbacksFailed = false } = {}): void {
    const address = fromHex(contract)
    const fromIndex = this.enigma.queue(address).committed
    const receipts = this.receipts(contract, fromIndex, toIndex)
    const root = receiptsRoot(address, receipts)
    const workerId = this.drawn(contract).id
    const transactionHash = this.enigma.commit(address, { workerId, toIndex, root, callbacksFailed })
    for (let i = fromIndex; i < toIndex; i++)
      this.committed.set(`${contract} ${i}`, { transactionHash, fromIndex, toIndex, failed: callbacksFailed })
  }
  receipts(contract: Hex, fromIndex: number, toIndex: number): readonly Receipt[] {
    return Array.from(
      { length: toIndex - fromIndex },
      (_, i) => this.executed.get(`${contract} ${fromIndex + i}`)!.receipt,
    )
  }

  receipt(contract: Hex, index: number): CommittedReceipt | null {
    const batch = this.committed.get(`${contract} ${index}`)
    if (batch === undefined) return null
    const { fromIndex, toIndex, failed, transactionHash } = batch
    const receipts = this.receipts(contract, fromIndex, toIndex)
    const address = fromHex(contract)
    const proof = merkleProof(
      receipts.map((one) => receiptLeaf(address, one)),
      index - fromIndex,
    )
    const done = this.executed.get(`${contract} ${index}`)!
    const kept = failed && index === toIndex - 1 ? done.fallback : done.output
    return {
      receipt: toHex(encode(ReceiptCodec, done.receipt)),
      proof: proof.map((node) => toHex(node)),
      batch: this.#batchHex(address, fromIndex, toIndex, receipts),
      transactionHash,
      callbacksOk: !failed,
      outputs: kept === undefined ? [] : [toHex(kept)],
    }
  }
  #batchHex(contract: Uint8Array, fromIndex: number, toIndex: number, receipts: readonly Receipt[]): Hex {
    const zero = new Uint8Array(32)
    const batch = {
      ...{ contract, epoch: this.epoch, fromIndex, toIndex, link: zero, cumLockedGrains: 0n, previousHead: zero },
      ...{ newHead: zero, fallbackHead: zero, receiptsRoot: receiptsRoot(contract, receipts), feeGrains: 0n },
      ...{ forfeitedGrains: 0n, refunds: [], payouts: [], missing: [], callbacks: [], validUntilBlock: 0n },
    }
    encode(BatchCodec, batch)
    return toHex(encode(SignedBatchCodec, { batch, signature: new Uint8Array(65) }))
  }

  /** What the drawn enclave makes of a query: nothing of its own key, else the answer of `onQuery`. */
  query(contract: Hex, raw: Uint8Array): Hex {
    const io = this.io(contract)
    const asked = openQuery(io, { ...this.place, contract: fromHex(contract) }, raw)
    if (asked.keyEpoch !== this.epoch) throw new Error("another epoch's key")
    this.queries.push(asked)
    return toHex(asked.answer(encodeAnswer(this.onQuery(asked))))
  }
  readonly queries: AskedQuery[] = []
  onQuery: (asked: AskedQuery) => AnswerBody = () => {
    throw new Error("no queries here")
  }

  /** An honest gateway's answer. */
  answer(method: string, params: readonly never[]): unknown {
    const [a, b, c] = params as unknown as readonly [Hex, never, Hex]
    switch (method) {
      case GATEWAY_METHODS.status:
        return { chainId: String(CHAIN_ID), enigma: ADDRESSES.enigma, version: "1", role: "worker" }
      case GATEWAY_METHODS.keyStatement:
        return this.statement(a)
      case GATEWAY_METHODS.submitCode: {
        const id = toHex(hash(fromHex(a)))
        this.codes.set(id, fromHex(a))
        return id
      }
      case GATEWAY_METHODS.submitEnvelope: {
        const envelope = fromHex(c)
        const id = toHex(hash(envelope))
        this.envelopes.set(id, { contract: a, sender: b, envelope })
        return id
      }
      case GATEWAY_METHODS.taskResult:
        return this.result(a, b)
      case GATEWAY_METHODS.receipt:
        return this.receipt(a, b)
      case GATEWAY_METHODS.query:
        return this.query(a, fromHex(b as Hex))
      default:
        throw new Error(`no ${method}`)
    }
  }
}
