import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { deploymentCode } from "@enigma-discovery/contracts/deployment"
import { blsPublicKey } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import enigmaModule from "../../../../contracts-sol/ignition/modules/Enigma.ts"
import { COMMITTEE_KEYS, committeeSecret } from "../../src/in-process/committee.ts"
import { PARAMETER_DEFAULTS, QUOTE_MAX_AGE_S } from "../../src/in-process/deploy.ts"

interface Parameter {
  readonly type: string
  readonly name: string
  readonly defaultValue: unknown
}

/** Every parameter with a default that the module's futures take. */
function defaultsOf(value: unknown, found = new Map<string, unknown>(), seen = new Set<unknown>()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return found
  seen.add(value)
  const { type, name, defaultValue } = value as Parameter
  if (type === "MODULE_PARAMETER" && defaultValue !== undefined) found.set(name, defaultValue)
  for (const inner of value instanceof Set ? value : Object.values(value)) defaultsOf(inner, found, seen)
  return found
}

/** What every launcher gives itself. */
const GIVEN = [
  "timelockDelayS",
  "epochLengthBlocks",
  "openWindowBlocks",
  "commitWindowBlocks",
  "expiryBlocks",
  "overdueBlocks",
]

describe("deployment from the creation code", () => {
  it("has the defaults of the Ignition module", () => {
    const defaults = defaultsOf(enigmaModule)
    for (const name of GIVEN) assert.ok(defaults.delete(name), name)
    assert.deepEqual(Object.fromEntries(defaults), { ...PARAMETER_DEFAULTS, quoteMaxAgeS: QUOTE_MAX_AGE_S })
  })

  it("has the code of every contract that the module deploys", () => {
    const names = [...enigmaModule.futures].flatMap((future) =>
      "contractName" in future && "constructorArgs" in future ? [String(future.contractName)] : [],
    )
    assert.deepEqual(new Set(names), new Set(Object.keys(deploymentCode)))
  })
})

describe("committee of networks in one process", () => {
  it("has the public keys of its secrets", () => {
    for (const purpose of ["beacon", "contract"] as const)
      assert.equal(toHex(blsPublicKey(committeeSecret(purpose))), COMMITTEE_KEYS[purpose])
  })
})
