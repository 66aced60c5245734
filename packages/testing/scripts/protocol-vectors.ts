/**
 * Writes vectors/protocol.json from the text of docs/PROTOCOL.md with ethers' own ABI, EIP-712 and CREATE2 code, so that
 * packages/protocol, packages/verify and the Solidity contracts are checked against a second implementation.
 * `node packages/testing/scripts/protocol-vectors.ts [--check]`
 */
import { readFileSync, writeFileSync } from "node:fs"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import {
  AbiCoder,
  concat,
  dataLength,
  getBytes,
  getCreate2Address,
  keccak256,
  TypedDataEncoder,
  toBeHex,
  toUtf8Bytes,
  ZeroAddress,
  zeroPadValue,
} from "ethers"

const abi = AbiCoder.defaultAbiCoder()
const tag = (name: string) => keccak256(toUtf8Bytes(`enigma/1/${name}`))
type Value = string | bigint | number
const kind = (v: Value) =>
  typeof v !== "string" ? "uint256" : v.length === 42 ? "address" : v.length === 66 ? "bytes32" : fail(v)
const fail = (v: unknown): never => {
  throw new Error(`not a word: ${String(v)}`)
}
const words = (...values: Value[]) => abi.encode(values.map(kind), values)
const hash = (...values: Value[]) => keccak256(words(...values))
const fill = (byte: number, length: number) => `0x${byte.toString(16).padStart(2, "0").repeat(length)}`

/** Two nodes of a tree, the smaller first (PROTOCOL §4.1). */
const joined = (a: string, b: string) => keccak256(concat(a < b ? [a, b] : [b, a]))

const chainId = 31_337n
const enigma = "0x1111111111111111111111111111111111111111"
const contract = "0x2222222222222222222222222222222222222222"
const alice = "0xa11ce0000000000000000000000000000000a11c"
const bob = "0x0b0b000000000000000000000000000000000b0b"
const zero20 = fill(0, 20)
const zero32 = fill(0, 32)

/** The beacon of a committee with this secret; the chain's precompiles are what it is checked against. */
function beacon(message: string) {
  const secret = fill(0x2a, 32)
  const { shortSignatures: bls } = bls12_381
  const coordinate = (x: bigint) => x.toString(16).padStart(128, "0")
  const key = bls.getPublicKey(getBytes(secret)).toAffine()
  const hashed = bls.hash(getBytes(message), "ENIGMA-V1-BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_")
  const point = bls.sign(hashed, getBytes(secret)).toAffine()
  const signature = `0x${coordinate(point.x)}${coordinate(point.y)}`
  const publicKey = `0x${[key.x.c0, key.x.c1, key.y.c0, key.y.c1].map(coordinate).join("")}`
  return { message, secret, publicKey, signature, seed: keccak256(signature) }
}

const tagNames =
  "queue leaf salt receipt callback-failed beacon draw trust report quote witness prf/io prf/state envelope output delta delta/nonce key-wrap key-statement storage result key-request key-answer permit query query-answer stored".split(
    " ",
  )

const recordInputs = [
  {
    sender: alice,
    inputsHash: fill(0xd0, 32),
    gasLimit: 1_000_000,
    gasPriceGrains: 3,
    callbackGas: 0,
    callbackPriceGrains: 0,
    flags: 2,
    token: zero20,
    amount: "0",
    blockNumber: 100,
    timestampS: 1_700_000_000,
  },
  {
    sender: alice,
    inputsHash: fill(0xd1, 32),
    gasLimit: 250_000,
    gasPriceGrains: 2,
    callbackGas: 0,
    callbackPriceGrains: 0,
    flags: 0,
    token: zero20,
    amount: "0",
    blockNumber: 103,
    timestampS: 1_700_000_036,
  },
  {
    sender: bob,
    inputsHash: fill(0xd2, 32),
    gasLimit: 2_000_000,
    gasPriceGrains: 2,
    callbackGas: 90_000,
    callbackPriceGrains: 40,
    flags: 1,
    token: "0x3333333333333333333333333333333333333333",
    amount: "340282366920938463463374607431768211455",
    blockNumber: 104,
    timestampS: 1_700_000_048,
  },
]
const baseFee = 10_000n
const genesisLink = hash(tag("queue"), chainId, enigma, contract)
let link = genesisLink
let cum = 0n
const records = recordInputs.map((r, index) => {
  const leaf = hash(
    tag("leaf"),
    r.sender,
    r.inputsHash,
    r.gasLimit,
    r.gasPriceGrains,
    r.callbackGas,
    r.callbackPriceGrains,
    r.flags,
    r.token,
    BigInt(r.amount),
    r.blockNumber,
    r.timestampS,
  )
  cum += baseFee + BigInt(r.gasLimit) * BigInt(r.gasPriceGrains) + BigInt(r.callbackGas) * BigInt(r.callbackPriceGrains)
  link = hash(link, leaf, index, cum)
  return { record: r, leaf, cumLockedGrains: cum.toString(), link }
})

const codeHash = keccak256("0x0061736d01000000")
const userSalt = fill(7, 32)
const implementation = "0x4444444444444444444444444444444444444444"
const salt = hash(tag("salt"), alice, codeHash, userSalt)
const initCode = concat([
  "0x3d602d80600a3d3981f3363d3d373d3d3d363d73",
  implementation,
  "0x5af43d82803e903d91602b57fd5bf3",
])
const account = {
  deployer: alice,
  codeHash,
  userSalt,
  implementation,
  salt,
  initCode,
  address: getCreate2Address(enigma, salt, keccak256(initCode)).toLowerCase(),
}

const receiptOf = (
  index: number,
  status: number,
  gasClass: number,
  feeGrains: number,
  output: number,
  fallback: number,
) => {
  const r = {
    index,
    taskId: records[index % 3]!.link,
    status,
    gasClass,
    feeGrains,
    outputHash: fill(output, 32),
    fallbackOutputHash: fill(fallback, 32),
    headAfter: fill(0x40 + index, 32),
  }
  return {
    receipt: r,
    leaf: hash(
      tag("receipt"),
      contract,
      r.index,
      r.taskId,
      r.status,
      r.gasClass,
      r.feeGrains,
      r.outputHash,
      r.fallbackOutputHash,
      r.headAfter,
    ),
  }
}
const receipts = [
  receiptOf(0, 1, 65_536, 206_608, 0x51, 0),
  receiptOf(1, 2, 1_024, 12_048, 0x52, 0),
  receiptOf(2, 1, 131_072, 3_872_144, 0x53, 0x54),
  receiptOf(3, 4, 0, 0, 0, 0),
  receiptOf(4, 5, 0, 10_000, 0, 0),
]

const join = (a: string, b: string) => keccak256(concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a]))
function tree(leaves: string[]) {
  const levels = [leaves]
  while (levels.at(-1)!.length > 1) {
    const level = levels.at(-1)!
    const next: string[] = []
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? join(level[i]!, level[i + 1]!) : level[i]!)
    levels.push(next)
  }
  const proofs = leaves.map((_, at) => {
    const proof: string[] = []
    let i = at
    for (const level of levels.slice(0, -1)) {
      const sibling = level[i ^ 1]
      if (sibling !== undefined) proof.push(sibling)
      i >>= 1
    }
    return proof
  })
  return { leaves, root: levels.at(-1)![0], proofs }
}
const roots = [1, 2, 3, 4, 5, 8, 13].map((n) =>
  tree(Array.from({ length: n }, (_, i) => keccak256(abi.encode(["uint256"], [1_000 + i])))),
)
/** version 1 | kind 1 | keyEpoch 9 | index 1 | previousHead | taskId | no wrapped key | no public entries. */
const deltaHeader = concat([
  "0x0101",
  toBeHex(9, 4),
  toBeHex(1, 4),
  fill(0x41, 32),
  records[1]!.link,
  "0x00",
  "0x00000000",
])

const receiptTree = tree(receipts.map((r) => r.leaf))

const refunds = [
  { user: alice, amountGrains: "3303440" },
  { user: bob, amountGrains: "137856" },
]
const token = "0x3333333333333333333333333333333333333333"
const payouts = [
  { token, to: bob, amount: "42", fallbackTo: ZeroAddress },
  { token, to: contract, amount: "12345678901234567890", fallbackTo: alice },
]
const missing = [3, 5]
const callbacks = [
  { target: "0x5555555555555555555555555555555555555555", gasLimit: 45_000, data: "0xdeadbeef" },
  { target: "0x6666666666666666666666666666666666666666", gasLimit: 45_000, data: "0x" },
]
const lists = {
  refundsHash: keccak256(
    concat(refunds.map((r) => concat([r.user, zeroPadValue(toBeHex(BigInt(r.amountGrains)), 12)]))),
  ),
  payoutsHash: keccak256(concat(payouts.map((p) => words(p.token, p.to, BigInt(p.amount), p.fallbackTo)))),
  missingHash: keccak256(words(...missing)),
  callbacksHash: keccak256(concat(callbacks.map((c) => words(c.target, c.gasLimit, keccak256(c.data))))),
}
const types = (text: string) =>
  text
    .slice(text.indexOf("(") + 1, -1)
    .split(",")
    .map((f) => ({ type: f.split(" ")[0]!, name: f.split(" ")[1]! }))
const BATCH =
  "Batch(address secretContract,uint32 epoch,uint32 fromIndex,uint32 toIndex,bytes32 link,uint64 cumLockedGrains,bytes32 previousHead,bytes32 newHead,bytes32 fallbackHead,bytes32 receiptsRoot,uint64 feeGrains,uint64 forfeitedGrains,bytes32 refundsHash,bytes32 payoutsHash,bytes32 missingHash,bytes32 callbacksHash,uint64 validUntilBlock)"
const domain = { name: "Enigma", version: "1", chainId, verifyingContract: enigma }
const batch = {
  secretContract: contract,
  epoch: 9,
  fromIndex: 0,
  toIndex: 3,
  link: records[2]!.link,
  cumLockedGrains: records[2]!.cumLockedGrains,
  previousHead: zero32,
  newHead: fill(0x42, 32),
  fallbackHead: fill(0x41, 32),
  receiptsRoot: receiptTree.root!,
  feeGrains: "4080800",
  forfeitedGrains: "7904",
  validUntilBlock: 1_199,
}
const batchDigest = TypedDataEncoder.hash(domain, { Batch: types(BATCH) }, { ...batch, ...lists })

const ORDER =
  "Order(address secretContract,bytes32 inputsHash,uint64 gasLimit,uint64 gasPriceGrains,uint64 callbackGas,uint64 callbackPriceGrains,uint32 keyEpoch,uint256 nonce,uint64 expiryBlock,uint64 relayerFeeGrains)"
const order = {
  secretContract: contract,
  inputsHash: fill(0xd3, 32),
  gasLimit: 500_000,
  gasPriceGrains: 2,
  callbackGas: 0,
  callbackPriceGrains: 0,
  keyEpoch: 9,
  nonce: "340282366920938463463374607431768211456",
  expiryBlock: 5_000,
  relayerFeeGrains: 700,
}

const seed = fill(0x5e, 32)
const config = {
  chainId: 31_337,
  enigma,
  epochLengthBlocks: 40,
  expiryBlocks: 480,
  inputsGraceBlocks: 12,
  depth: 2,
  storageReceipts: 1,
  witnessThreshold: 2,
  witnesses: [alice, bob, contract],
  keyThreshold: 2,
  keyManagers: 3,
  beaconKey: fill(0x0b, 256),
  contractKey: fill(0x0c, 256),
  keyManagerMeasurement: fill(0x77, 32),
}
const trustHash = hash(
  tag("trust"),
  1,
  keccak256(config.beaconKey),
  keccak256(config.contractKey),
  config.keyThreshold,
  config.keyManagers,
  config.witnessThreshold,
  keccak256(words(...config.witnesses)),
  config.depth,
  config.storageReceipts,
  config.epochLengthBlocks,
  config.expiryBlocks,
  config.inputsGraceBlocks,
  config.keyManagerMeasurement,
)
const report = { role: 1, operator: bob, signer: alice, encryptionKey: fill(0xe1, 32) }
const reportData = hash(
  tag("report"),
  chainId,
  enigma,
  report.role,
  report.operator,
  report.signer,
  report.encryptionKey,
  trustHash,
)
const quote = { measurement: fill(0x66, 32), securityVersion: 3, issuedAtS: 1_700_000_100, reportData }

const erc7201 = (id: string) =>
  toBeHex(BigInt(keccak256(abi.encode(["uint256"], [BigInt(keccak256(toUtf8Bytes(id))) - 1n]))) & ~0xffn, 32)
const base = BigInt(erc7201("enigma.storage.Enigma"))
const mapped = (key: Value, slot: bigint) => BigInt(hash(key, base + slot))
const slot = (n: bigint) => toBeHex(n, 32)
const storage = {
  base: slot(base),
  epochState: slot(base),
  epoch65: [slot(mapped(65 % 64, 1n)), slot(mapped(65 % 64, 1n) + 1n)],
  queue: {
    contract,
    counters: slot(mapped(contract, 2n)),
    head: slot(mapped(contract, 2n) + 1n),
    link33: slot(mapped(contract, 2n) + 2n + 1n),
    receiptRoot34: slot(mapped(contract, 2n) + 34n + 2n),
  },
  worker5: [0n, 1n, 2n].map((o) => slot(mapped(5, 3n) + o)),
  node: {
    level: 2,
    position: 3,
    key: ((2n << 32n) | 3n).toString(),
    slots: [0n, 1n].map((o) => slot(mapped((2n << 32n) | 3n, 4n) + o)),
  },
}

const vectors = {
  origin: "written by packages/testing/scripts/protocol-vectors.ts with ethers 6",
  chainId: Number(chainId),
  enigma,
  contract,
  tags: Object.fromEntries(tagNames.map((n) => [n, tag(n)])),
  genesisLink,
  baseFeeGrains: baseFee.toString(),
  records,
  account,
  receipts,
  roots,
  batch: {
    ...batch,
    refunds,
    payouts,
    missing,
    callbacks,
    packedCallbacks: concat(
      callbacks.flatMap(({ target, gasLimit, data }) => [
        target,
        zeroPadValue(toBeHex(gasLimit), 4),
        zeroPadValue(toBeHex(dataLength(data)), 8),
        data,
      ]),
    ),
    ...lists,
    digest: batchDigest,
    domainSeparator: TypedDataEncoder.hashDomain(domain),
  },
  callbackFailedRoot: hash(tag("callback-failed"), contract, receiptTree.root!),
  order: { ...order, digest: TypedDataEncoder.hash(domain, { Order: types(ORDER) }, order) },
  head: { previousHead: zero32, deltaHash: fill(0xde, 32), head: hash(zero32, fill(0xde, 32)) },
  beacon: { epoch: 9, blockHash: fill(0xbb, 32), ...beacon(words(tag("beacon"), chainId, enigma, 9, fill(0xbb, 32))) },
  draws: [0, 1, 2].map((k) => ({ seed, contract, k, value: hash(tag("draw"), seed, contract, k) })),
  prf: {
    io: words(tag("prf/io"), chainId, enigma, contract, 9),
    state: words(tag("prf/state"), chainId, enigma, contract, 9),
  },
  trust: { config, trustHash },
  report: { ...report, reportData },
  quote: {
    ...quote,
    digest: hash(tag("quote"), quote.measurement, quote.securityVersion, quote.issuedAtS, quote.reportData),
  },
  witness: {
    blockNumber: 400,
    blockHash: fill(0xb1, 32),
    confirmations: 2,
    digest: hash(tag("witness"), chainId, 400, fill(0xb1, 32), 2),
  },
  keyStatement: {
    epoch: 9,
    ioPublicKey: fill(0x10, 32),
    digest: hash(tag("key-statement"), chainId, enigma, contract, 9, fill(0x10, 32)),
  },
  storageReceipt: {
    fromIndex: 0,
    toIndex: 3,
    newHead: fill(0x42, 32),
    receiptsRoot: receiptTree.root!,
    digest: hash(tag("storage"), chainId, enigma, contract, 0, 3, fill(0x42, 32), receiptTree.root!),
  },
  result: {
    epoch: 9,
    previousHead: fill(0x41, 32),
    receiptLeaf: receipts[2]!.leaf,
    digest: hash(tag("result"), chainId, enigma, contract, 9, fill(0x41, 32), receipts[2]!.leaf),
    /** Under one signature with two others. */
    proof: [fill(0x01, 32), fill(0xfe, 32)],
    root: joined(
      joined(hash(tag("result"), chainId, enigma, contract, 9, fill(0x41, 32), receipts[2]!.leaf), fill(0x01, 32)),
      fill(0xfe, 32),
    ),
  },
  envelopeAad: {
    sender: alice,
    keyEpoch: 9,
    codeHash,
    aad: hash(tag("envelope"), chainId, enigma, contract, alice, 9, codeHash),
  },
  outputAad: {
    taskId: records[1]!.link,
    outcome: 1,
    aad: hash(tag("output"), chainId, enigma, contract, records[1]!.link, 1),
  },
  deltaNonce: {
    index: 1,
    taskId: records[1]!.link,
    keyEpoch: 9,
    kind: 1,
    nonce: hash(tag("delta/nonce"), contract, 1, records[1]!.link, 9, 1).slice(0, 26),
  },
  /** The second link of a checkpoint, on the head before the first. */
  checkpointNonce: {
    index: 1,
    taskId: fill(0x42, 32),
    keyEpoch: 9,
    kind: 2,
    nonce: hash(tag("delta/nonce"), contract, 1, fill(0x42, 32), 9, 2).slice(0, 26),
  },
  deltaAad: {
    header: deltaHeader,
    aad: keccak256(concat([words(tag("delta"), chainId, enigma, contract), deltaHeader])),
  },
  keyWrap: { epoch: 9, previousEpoch: 7, aad: words(tag("key-wrap"), chainId, enigma, contract, 9, 7) },
  gasClasses: [
    [0, 1_000_000, 1_024],
    [1_024, 1_000_000, 1_024],
    [1_025, 1_000_000, 2_048],
    [65_537, 1_000_000, 131_072],
    [600_000, 1_000_000, 1_000_000],
    [5, 700, 700],
  ],
  storage,
}

const file = new URL("../vectors/protocol.json", import.meta.url)
const text = `${JSON.stringify(vectors, null, 1)}\n`
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    throw new Error("vectors/protocol.json is stale: run packages/testing/scripts/protocol-vectors.ts")
} else writeFileSync(file, text)
