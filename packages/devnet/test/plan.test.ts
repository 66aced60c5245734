import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { blsPublicKey, newBlsSecretKey } from "@enigma-discovery/crypto"
import { type NodeConfigInput, parseNodeConfig } from "@enigma-discovery/node"
import { decode, encode, equalBytes, NetworkConfigCodec, toHex } from "@enigma-discovery/protocol"
import { checkNetworkConfig, trustHash } from "@enigma-discovery/verify"
import { devAccounts } from "../src/accounts.ts"
import {
  type DeployedPlan,
  keyGenerationConfig,
  keyManagerConfig,
  witnessConfig,
  workerConfig,
} from "../src/node-configs.ts"
import { resolveOptions } from "../src/options.ts"
import { addressOf, networkConfig, newSecrets } from "../src/trust.ts"

const artifactsDirectory = "/nowhere"
const options = resolveOptions({ artifactsDirectory, depth: 3, blockTimeMs: undefined })
const groupKey = () => toHex(blsPublicKey(newBlsSecretKey()))
const keys = { beaconKey: groupKey(), contractKey: groupKey(), measurement: toHex(new Uint8Array(32).fill(7)) }
const secrets = newSecrets()
const network = networkConfig(options, secrets, keys, `0x${"ab".repeat(20)}`)
const accounts = devAccounts(options.stakesEng.length)
const peers = ["/ip4/127.0.0.1/tcp/4001/p2p/16Uiu2HAmSsfm5N6Ht3GUSS4nvaRUzJ1UqDpwxfJVvXbvBMJVxkxG"]
const program = { file: "/tmp/somewhere/enclave.mjs", measurement: keys.measurement }
const programs = { worker: program, keyManager: program }
const plan: DeployedPlan = {
  ...{
    directory: "/tmp/somewhere",
    options,
    secrets,
    programs,
    rpcUrl: "http://127.0.0.1:8545",
    network,
    fromBlock: 0,
  },
}

describe("network plan", () => {
  it("takes what is chosen and the defaults for the rest", () => {
    assert.equal(options.depth, 3)
    assert.equal(options.blockTimeMs, 250)
    assert.ok(Object.isFrozen(options))
  })

  it("makes new secrets each time, and an address that only its key has", () => {
    assert.notEqual(newSecrets().devRootKey, secrets.devRootKey)
    assert.notEqual(secrets.devRootKey, secrets.witnessKey)
    assert.equal(addressOf(`0x${"00".repeat(31)}01`), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf")
  })

  it("tells enclaves a configuration that verify and the codec accept", () => {
    checkNetworkConfig(network)
    assert.equal(toHex(network.keyManagerMeasurement), keys.measurement)
    assert.equal(toHex(network.beaconKey), keys.beaconKey)
    assert.equal(toHex(network.contractKey), keys.contractKey)
    assert.deepEqual(network.witnesses.map(toHex), [addressOf(secrets.witnessKey)])
    const again = decode(NetworkConfigCodec, encode(NetworkConfigCodec, network), 4_096)
    assert.ok(equalBytes(trustHash(again), trustHash(network)))
    const elsewhere = networkConfig(options, secrets, keys, `0x${"cd".repeat(20)}`)
    assert.ok(
      equalBytes(trustHash(elsewhere), trustHash(network)),
      "Enigma's address is not known before its deployment",
    )
  })

  it("gives every role a configuration that the node accepts, with the network the enclaves are told", () => {
    const operator = accounts.operators[0]!
    const roles: NodeConfigInput[] = [
      keyGenerationConfig(plan, "key-manager"),
      keyManagerConfig(plan, "key-manager", accounts.keeper),
      witnessConfig(plan, "witness"),
      workerConfig(plan, "worker-1", peers, operator, 50_000),
    ]
    for (const role of roles) {
      const parsed = parseNodeConfig(JSON.parse(JSON.stringify(role)))
      assert.equal(parsed.stopWithParent, true)
      if (parsed.role !== "key-generation") assert.ok(equalBytes(trustHash(parsed.network), trustHash(network)))
      if (parsed.role === "worker") assert.equal(parsed.stakeGrains, 5_000_000_000_000n)
    }
  })

  it("derives the accounts that Hardhat derives from the same mnemonic", () => {
    assert.equal(accounts.deployer.address, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
    assert.equal(new Set(accounts.all.map(({ address }) => address)).size, 2 + 6 + 3)
    assert.equal(accounts.operators.length, 3)
  })
})
