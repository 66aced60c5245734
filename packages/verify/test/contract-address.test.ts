import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { concatBytes, toHex } from "@enigma-discovery/protocol"
import { getCreate2Address } from "ethers"
import fc from "fast-check"
import { contractAddress } from "../src/index.ts"
import { protocolVectors as v } from "./support/vectors.ts"

const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n })

describe("contract address", () => {
  it("matches the vector", () => {
    const a = v.at("account")
    const address = contractAddress({
      enigma: v.at("enigma").hex,
      accountImplementation: a.at("implementation").hex,
      deployer: a.at("deployer").hex,
      codeHash: a.at("codeHash").hex,
      userSalt: a.at("userSalt").hex,
    })
    assert.equal(toHex(address), a.at("address").text)
  })

  it("is the CREATE2 address of the clone's init code", () => {
    const salted = v.at("account", "salt").hex
    const init = v.at("account", "initCode").hex
    assert.equal(
      getCreate2Address(v.at("enigma").text, salted, keccak256(init)).toLowerCase(),
      v.at("account", "address").text,
    )
  })

  it("depends on each of its parts", () => {
    fc.assert(
      fc.property(
        bytes(20),
        bytes(20),
        bytes(20),
        bytes(32),
        bytes(32),
        fc.nat(123),
        (enigma, accountImplementation, deployer, codeHash, userSalt, at) => {
          const all = concatBytes(enigma, accountImplementation, deployer, codeHash, userSalt)
          const address = (parts: Uint8Array) =>
            toHex(
              contractAddress({
                enigma: parts.slice(0, 20),
                accountImplementation: parts.slice(20, 40),
                deployer: parts.slice(40, 60),
                codeHash: parts.slice(60, 92),
                userSalt: parts.slice(92),
              }),
            )
          assert.notEqual(address(all), address(all.map((b, i) => (i === at ? b ^ 1 : b))))
        },
      ),
      { numRuns: 50 },
    )
  })
})
