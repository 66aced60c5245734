import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { fromHex, MAX_TRIE_NODE_BYTES, MAX_TRIE_NODES, toHex } from "@enigma-discovery/protocol"
import fc from "fast-check"
import {
  EMPTY_TRIE_ROOT,
  encodeRlpList,
  encodeRlpString,
  parseBlockHeader,
  readTrie,
  slotBytes,
  trieNodes,
  verifyAccountProof,
  verifyErrors,
  verifyStorageProof,
} from "../src/index.ts"
import { refuses, tampered } from "./support/checks.ts"
import { type LocalChain, startLocalChain } from "./support/local-chain.ts"

const address = fromHex("0x00000000000000000000000000000000000000e1")
const nobody = fromHex("0x00000000000000000000000000000000000000e2")

describe("state proofs of a real chain", () => {
  let chain: LocalChain
  // 300 slots make a trie of several levels; small and large words make leaves of all lengths.
  const stored = new Map(
    Array.from(
      { length: 300 },
      (_, i) => [BigInt(i), i % 3 === 0 ? BigInt(i + 1) : BigInt(toHex(keccak256(slotBytes(BigInt(i)))))] as const,
    ),
  )
  before(async () => {
    chain = await startLocalChain()
    await chain.setWords(address, stored)
    await chain.request("hardhat_setBalance", toHex(address), "0xde0b6b3a7640000")
    await chain.request("hardhat_setCode", toHex(address), "0x6000")
    await chain.mine()
  })
  after(() => chain.close())

  it("prove the account, every stored word, and the absence of others", async () => {
    const absent = Array.from({ length: 100 }, (_, i) => 10_000n + BigInt(i))
    const { header, nodes } = await chain.prove(address, [...stored.keys(), ...absent])
    const bag = trieNodes(nodes)
    const account = verifyAccountProof(parseBlockHeader(header).stateRoot, address, bag)
    assert.equal(account?.balance, 10n ** 18n)
    assert.equal(account.nonce, 0n)
    assert.deepEqual(account.codeHash, keccak256(fromHex("0x6000")))
    for (const [slot, word] of stored) assert.equal(verifyStorageProof(account.storageHash, slotBytes(slot), bag), word)
    for (const slot of absent) assert.equal(verifyStorageProof(account.storageHash, slotBytes(slot), bag), 0n)
  })

  it("prove that an account does not exist", async () => {
    const { header, nodes } = await chain.prove(nobody, [1n])
    assert.equal(verifyAccountProof(parseBlockHeader(header).stateRoot, nobody, trieNodes(nodes)), undefined)
  })

  it("are worth nothing once a byte of any node is altered", async () => {
    const { header, nodes } = await chain.prove(address, [7n])
    const { stateRoot } = parseBlockHeader(header)
    const read = (list: readonly Uint8Array[]) => {
      const bag = trieNodes(list)
      const account = verifyAccountProof(stateRoot, address, bag)
      return account === undefined ? undefined : verifyStorageProof(account.storageHash, slotBytes(7n), bag)
    }
    assert.equal(read(nodes), stored.get(7n))
    for (const [i, node] of nodes.entries()) {
      for (const bent of tampered(node, 60)) {
        assert.throws(
          () => read(nodes.map((old, j) => (i === j ? bent : old))),
          (error) => verifyErrors.is(error),
        )
      }
      refuses("PROOF_INCOMPLETE", () => read(nodes.filter((_, j) => j !== i)))
    }
    refuses("PROOF_INCOMPLETE", () => read([]))
  })

  it("can't be used for another slot, account or root", async () => {
    const { header, nodes } = await chain.prove(address, [7n])
    const bag = trieNodes(nodes)
    const { stateRoot } = parseBlockHeader(header)
    const { storageHash } = verifyAccountProof(stateRoot, address, bag)!
    const outcomes = Array.from({ length: 50 }, (_, i) => {
      try {
        return verifyStorageProof(storageHash, slotBytes(BigInt(i + 500)), bag)
      } catch (error) {
        assert.ok(verifyErrors.is(error, "PROOF_INCOMPLETE"))
        return 0n
      }
    })
    assert.ok(
      outcomes.every((word) => word === 0n),
      "absent slots are zero or unproven, never a neighbour's word",
    )
    refuses("PROOF_INCOMPLETE", () => verifyAccountProof(keccak256(stateRoot), address, bag))
  })

  it("read old blocks as they were", async () => {
    const { header, nodes } = await chain.prove(address, [3n])
    await chain.setWords(address, new Map([[3n, 99n]]))
    await chain.mine()
    const bag = trieNodes(nodes)
    const { storageHash } = verifyAccountProof(parseBlockHeader(header).stateRoot, address, bag)!
    assert.equal(verifyStorageProof(storageHash, slotBytes(3n), bag), stored.get(3n))
    await chain.setWords(address, new Map([[3n, stored.get(3n)!]]))
  })
})

describe("hostile trie nodes", () => {
  const key = slotBytes(1n)
  const path = toHex(keccak256(key)).slice(2)
  const ref = (node: Uint8Array) => encodeRlpString(keccak256(node))
  /** Hex-prefix encoding of the path's nibbles from..to, flag given. */
  const part = (from: number, to: number, leaf: boolean) => {
    const odd = (to - from) % 2
    return encodeRlpString(fromHex(`0x${(leaf ? 2 : 0) + odd}${odd ? "" : "0"}${path.slice(from, to)}`))
  }
  const value = encodeRlpString(encodeRlpString(Uint8Array.of(5)))
  const empty = encodeRlpString(new Uint8Array())
  const branch = (at: number, child: Uint8Array) =>
    encodeRlpList(Array.from({ length: 17 }, (_, i) => (i === Number.parseInt(path[at]!, 16) ? child : empty)))
  const read = (...nodes: Uint8Array[]) => readTrie(trieNodes(nodes), keccak256(nodes[0]!), key, "test")

  it("are read where they are well-formed: leaf, extension, branch, embedded leaf", () => {
    assert.deepEqual(read(encodeRlpList([part(0, 64, true), value])), Uint8Array.of(5))
    const leaf = encodeRlpList([part(3, 64, true), value])
    const mid = branch(2, ref(leaf))
    assert.deepEqual(read(encodeRlpList([part(0, 2, false), ref(mid)]), mid, leaf), Uint8Array.of(5))
    const short = encodeRlpList([part(61, 64, true), value])
    assert.ok(short.length < 32)
    const low = branch(60, short)
    assert.deepEqual(read(encodeRlpList([part(0, 60, false), ref(low)]), low), Uint8Array.of(5))
  })

  it("prove absence only by an empty child or a path that leads elsewhere", () => {
    assert.equal(readTrie(trieNodes([]), EMPTY_TRIE_ROOT, key, "test"), undefined)
    assert.equal(read(branch(0, empty)), undefined)
    const other = path[0] === "0" ? "1" : "0"
    const elsewhere = encodeRlpString(fromHex(`0x20${other}${path.slice(1)}`))
    assert.equal(read(encodeRlpList([elsewhere, value])), undefined)
  })

  it("are refused when malformed", () => {
    const list = (...items: Uint8Array[]) => encodeRlpList(items)
    refuses("PROOF_INVALID", () => read(list(value, value, value)))
    refuses("PROOF_INVALID", () => read(list(encodeRlpString(fromHex("0x40")), value))) // flag 4
    refuses("PROOF_INVALID", () => read(list(encodeRlpString(fromHex("0x01")), value))) // padding nibble
    refuses("PROOF_INVALID", () => read(list(empty, value))) // no path at all
    refuses("PROOF_INVALID", () => read(list(encodeRlpList([]), value))) // path is a list
    refuses("PROOF_INVALID", () => read(list(encodeRlpString(fromHex("0x00")), ref(value)))) // extension of no nibbles
    refuses("PROOF_INVALID", () => read(list(part(0, 62, true), value))) // leaf too high
    refuses("PROOF_INVALID", () => read(list(encodeRlpString(fromHex(`0x20${path}00`)), value))) // leaf too long
    refuses("PROOF_INVALID", () => read(list(part(0, 64, true), empty))) // leaf without a value
    refuses("PROOF_INVALID", () => read(list(part(0, 64, true), encodeRlpList([value])))) // value is a list
    refuses("PROOF_INVALID", () => read(list(part(0, 2, false), encodeRlpString(new Uint8Array(31))))) // short reference
    refuses("PROOF_INVALID", () => read(list(part(0, 64, false), ref(branch(0, empty))), branch(0, empty))) // extension to the very end
    refuses("PROOF_INVALID", () => read(branch(0, encodeRlpList([part(1, 64, true), value])))) // embedded, but long
    refuses("PROOF_INVALID", () =>
      verifyStorageProof(
        keccak256(list(part(0, 64, true), encodeRlpString(encodeRlpString(Uint8Array.of(0, 5))))),
        key,
        trieNodes([list(part(0, 64, true), encodeRlpString(encodeRlpString(Uint8Array.of(0, 5))))]),
      ),
    )
    const zero = list(part(0, 64, true), encodeRlpString(encodeRlpString(new Uint8Array())))
    refuses("PROOF_INVALID", () => verifyStorageProof(keccak256(zero), key, trieNodes([zero])))
    const wide = list(part(0, 64, true), encodeRlpString(encodeRlpString(new Uint8Array(33).fill(1))))
    refuses("PROOF_INVALID", () => verifyStorageProof(keccak256(wide), key, trieNodes([wide])))
  })

  it("are refused as accounts with other fields", () => {
    const account = (...fields: Uint8Array[]) => {
      const leaf = encodeRlpList([part(0, 64, true), encodeRlpString(encodeRlpList(fields))])
      return verifyAccountProof(keccak256(leaf), key, trieNodes([leaf]))
    }
    const [one, hash] = [encodeRlpString(Uint8Array.of(1)), encodeRlpString(new Uint8Array(32).fill(1))]
    assert.equal(account(one, one, hash, hash)?.nonce, 1n)
    refuses("PROOF_INVALID", () => account(one, one, hash))
    refuses("RLP", () => account(one, one, hash, hash, hash))
    refuses("PROOF_INVALID", () => account(one, one, one, hash))
    refuses("PROOF_INVALID", () => account(encodeRlpString(Uint8Array.of(0, 1)), one, hash, hash))
    refuses("PROOF_INVALID", () => account(encodeRlpString(new Uint8Array(9).fill(1)), one, hash, hash))
    refuses("PROOF_INVALID", () => account(one, encodeRlpList([]), hash, hash))
  })

  it("end in an answer or a typed error, whatever they are", () => {
    const node = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .array(fc.uint8Array({ maxLength: 40 }), { minLength: 2, maxLength: 2 })
        .map((a) => encodeRlpList(a.map(encodeRlpString))),
      fc
        .array(fc.uint8Array({ maxLength: 33 }), { minLength: 17, maxLength: 17 })
        .map((a) => encodeRlpList(a.map(encodeRlpString))),
    )
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), (nodes) => {
        try {
          read(...(nodes as [Uint8Array]))
        } catch (error) {
          assert.ok(verifyErrors.is(error), String(error))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it("are bounded in number and size", () => {
    refuses("PROOF_TOO_LARGE", () => trieNodes(new Array(MAX_TRIE_NODES + 1).fill(new Uint8Array(1))))
    refuses("PROOF_TOO_LARGE", () => trieNodes([new Uint8Array(MAX_TRIE_NODE_BYTES + 1)]))
  })

  it("a node that refers to itself can't loop: it can't contain its own hash, and each step eats a nibble", () => {
    // The nearest thing: a chain of branches, one nibble each, longer than the path.
    let child = encodeRlpList([part(64, 64, true), value])
    const nodes = [child]
    for (let at = 63; at >= 0; at--) {
      child = branch(at, nodes[0]!.length < 32 ? nodes[0]! : ref(nodes[0]!))
      nodes.unshift(child)
    }
    refuses("PROOF_INVALID", () => read(...(nodes as [Uint8Array])))
  })
})
