import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { equalBytes, toHex } from "@enigma-discovery/protocol"
import {
  decodeRlpList,
  encodeRlpList,
  encodeRlpString,
  encodeRpcHeader,
  parseBlockHeader,
  verifyErrors,
} from "../src/index.ts"
import { refuses, tampered } from "./support/checks.ts"
import { startLocalChain } from "./support/local-chain.ts"

/** Block 0 of Ethereum mainnet. */
const MAINNET_GENESIS = {
  hash: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
  parentHash: `0x${"00".repeat(32)}`,
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  miner: `0x${"00".repeat(20)}`,
  stateRoot: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
  transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  logsBloom: `0x${"00".repeat(256)}`,
  difficulty: "0x400000000",
  number: "0x0",
  gasLimit: "0x1388",
  gasUsed: "0x0",
  timestamp: "0x0",
  extraData: "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
  mixHash: `0x${"00".repeat(32)}`,
  nonce: "0x0000000000000042",
}

describe("block header", () => {
  it("hashes mainnet's first block", () => {
    const header = parseBlockHeader(encodeRpcHeader(MAINNET_GENESIS))
    assert.equal(toHex(header.hash), MAINNET_GENESIS.hash)
    assert.equal(toHex(header.stateRoot), MAINNET_GENESIS.stateRoot)
  })

  for (const [hardfork, fields] of [
    ["berlin", 15],
    ["london", 16],
    ["shanghai", 17],
    ["cancun", 20],
    ["prague", 21],
    ["osaka", 21],
  ] as const) {
    it(`reproduces the hash of ${hardfork} blocks, and reads their fields`, async () => {
      const chain = await startLocalChain(hardfork)
      try {
        await chain.mine(3)
        const block = await chain.block("latest")
        const raw = encodeRpcHeader(block)
        const header = parseBlockHeader(raw)
        assert.equal(toHex(header.hash), block.hash)
        assert.equal(toHex(header.parentHash), block.parentHash)
        assert.equal(toHex(header.stateRoot), block.stateRoot)
        assert.equal(header.number, BigInt(block.number as string))
        assert.equal(header.timestampS, BigInt(block.timestamp as string))
        assert.equal(decodeRlpList(raw, 30, "header").length, fields)
      } finally {
        await chain.close()
      }
    })
  }

  it("gives another hash, or refuses, for each altered byte", () => {
    const raw = encodeRpcHeader(MAINNET_GENESIS)
    const { hash } = parseBlockHeader(raw)
    for (const bent of tampered(raw)) {
      try {
        assert.ok(!equalBytes(parseBlockHeader(bent).hash, hash))
      } catch (error) {
        assert.ok(verifyErrors.is(error), String(error))
      }
    }
  })

  it("refuses malformed fields, unknown shapes and large inputs", () => {
    const items = decodeRlpList(encodeRpcHeader(MAINNET_GENESIS), 30, "header").map((item) => item.raw)
    const rebuilt = (at: number, item: Uint8Array) => encodeRlpList(items.map((old, i) => (i === at ? item : old)))
    assert.equal(parseBlockHeader(encodeRlpList(items)).number, 0n)
    refuses("HEADER", () => parseBlockHeader(rebuilt(3, encodeRlpString(new Uint8Array(31)))))
    refuses("HEADER", () => parseBlockHeader(rebuilt(8, encodeRlpString(Uint8Array.of(0, 1)))))
    refuses("HEADER", () => parseBlockHeader(rebuilt(8, encodeRlpString(new Uint8Array(9).fill(1)))))
    refuses("HEADER", () => parseBlockHeader(rebuilt(12, encodeRlpList([]))))
    refuses("HEADER", () => parseBlockHeader(encodeRlpList(items.slice(0, 14))))
    refuses("HEADER", () => parseBlockHeader(encodeRlpList([...items, ...items.slice(0, 3)]))) // 18 fields: no fork has them
    refuses("RLP", () => parseBlockHeader(encodeRlpList([...items, ...items])))
    refuses("HEADER", () => parseBlockHeader(rebuilt(12, encodeRlpString(new Uint8Array(4_096)))))
  })

  it("notices an RPC block whose hash does not cover the fields known here", () => {
    refuses("HEADER_UNKNOWN", () => encodeRpcHeader({ ...MAINNET_GENESIS, gasUsed: "0x1" }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({ ...MAINNET_GENESIS, stateRoot: undefined }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({ ...MAINNET_GENESIS, stateRoot: "0x12" }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({ ...MAINNET_GENESIS, number: "-1" }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({ ...MAINNET_GENESIS, number: "twelve" }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({ ...MAINNET_GENESIS, withdrawalsRoot: MAINNET_GENESIS.stateRoot }))
    refuses("HEADER_FIELD", () => encodeRpcHeader({}))
  })
})
