import assert from "node:assert/strict"
import path from "node:path"
import { describe, it } from "node:test"
import type { HardhatUserConfig } from "hardhat/config"
import type { z } from "zod"
import {
  DeploymentSchema,
  EnigmaSchema,
  InProcessSchema,
  NetworkEnigmaSchema,
  TrustSchema,
} from "../src/config/schema.ts"
import { validateUserConfig } from "../src/config/validate.ts"
import { newProject } from "./support/project.ts"

const ADDRESS = `0x${"a1".repeat(20)}`
const HASH = `0x${"b2".repeat(32)}`
const TRUST = { devRoot: ADDRESS, measurements: [HASH] }
const DEPLOYMENT = { enigmaAddress: ADDRESS, gateways: ["http://127.0.0.1:4000"], trust: TRUST, topUpEng: 10 }

type Bad = readonly [at: string, config: unknown]
const onNetwork = (enigma: unknown) => ({ networks: { far: { type: "http", url: "http://x", enigma } } })

/** For each key of our sections a value it must not have. The test below sees to it that none is left out. */
const BAD: Readonly<Record<string, Bad>> = {
  "enigma.sources": ["enigma.sources", { enigma: { sources: [] } }],
  "enigma.artifacts": ["enigma.artifacts", { enigma: { artifacts: "" } }],
  "enigma.types": ["enigma.types", { enigma: { types: 7 } }],
  "enigma.network": ["enigma.network", { enigma: { network: true } }],
  "network.stakesEng": ["enigma.network.stakesEng", { enigma: { network: { stakesEng: [] } } }],
  "network.epochLengthBlocks": [
    "enigma.network.epochLengthBlocks",
    { enigma: { network: { epochLengthBlocks: 2.5 } } },
  ],
  "network.depth": ["enigma.network.depth", { enigma: { network: { depth: -1 } } }],
  "network.seed": ["enigma.network.seed", { enigma: { network: { seed: "" } } }],
  "deployment.enigmaAddress": [
    "networks.far.enigma.enigmaAddress",
    onNetwork({ ...DEPLOYMENT, enigmaAddress: "0x12" }),
  ],
  "deployment.gateways": ["networks.far.enigma.gateways", onNetwork({ ...DEPLOYMENT, gateways: [] })],
  "deployment.trust": ["networks.far.enigma.trust", onNetwork({ ...DEPLOYMENT, trust: undefined })],
  "deployment.topUpEng": ["networks.far.enigma.topUpEng", onNetwork({ ...DEPLOYMENT, topUpEng: 0 })],
  "trust.devRoot": [
    "networks.far.enigma.trust.devRoot",
    onNetwork({ ...DEPLOYMENT, trust: { ...TRUST, devRoot: HASH } }),
  ],
  "trust.measurements": [
    "networks.far.enigma.trust.measurements",
    onNetwork({ ...DEPLOYMENT, trust: { ...TRUST, measurements: "any" } }),
  ],
  "trust.minSecurityVersion": [
    "networks.far.enigma.trust.minSecurityVersion",
    onNetwork({ ...DEPLOYMENT, trust: { ...TRUST, minSecurityVersion: "1" } }),
  ],
  "trust.maxQuoteAgeS": [
    "networks.far.enigma.trust.maxQuoteAgeS",
    onNetwork({ ...DEPLOYMENT, trust: { ...TRUST, maxQuoteAgeS: 0 } }),
  ],
  "file.deployment": ["networks.far.enigma", onNetwork({ deployment: "" })],
}

const SECTIONS: Readonly<Record<string, z.ZodObject>> = {
  enigma: EnigmaSchema,
  network: InProcessSchema,
  deployment: DeploymentSchema,
  trust: TrustSchema,
  file: NetworkEnigmaSchema.options[1] as z.ZodObject,
}

const problemsOf = (config: unknown) =>
  validateUserConfig(config as HardhatUserConfig).map(({ path: at, message }) => ({ at: at.join("."), message }))

describe("config", () => {
  it("has a bad value for every key there is", () => {
    const keys = Object.entries(SECTIONS).flatMap(([name, { shape }]) =>
      Object.keys(shape).map((key) => `${name}.${key}`),
    )
    assert.deepEqual(keys.sort(), Object.keys(BAD).sort())
  })

  for (const [name, [at, config]] of Object.entries(BAD))
    it(`refuses a bad ${name}, naming its path`, () => {
      const problems = problemsOf(config)
      assert.ok(problems.length > 0, "nothing was refused")
      for (const problem of problems) assert.ok(problem.at.startsWith(at), `${problem.at}: ${problem.message}`)
    })

  for (const [what, at, config] of [
    ["a misspelt key", "enigma", { enigma: { source: "./x" } }],
    ["a misspelt key of the in-process network", "enigma.network", { enigma: { network: { workers: 3 } } }],
    ["a misspelt key of a deployment", "networks.far.enigma", onNetwork({ ...DEPLOYMENT, gateway: "http://x" })],
    ["a gateway that is no URL", "networks.far.enigma.gateways.0", onNetwork({ ...DEPLOYMENT, gateways: ["x"] })],
    ["a deployment and a file", "networks.far.enigma", onNetwork({ ...DEPLOYMENT, deployment: "./x.json" })],
    [
      "a section of a simulated network",
      "networks.near.enigma",
      { networks: { near: { type: "edr-simulated", enigma: {} } } },
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.deepEqual([...new Set(problemsOf(config).map((problem) => problem.at))], [at])
    })

  it("takes what is right", () => {
    const config = {
      enigma: { sources: ["./a", "./b/*"], network: { stakesEng: [1, 2], depth: 0 } },
      ...onNetwork(DEPLOYMENT),
    }
    assert.deepEqual(problemsOf(config), [])
    assert.deepEqual(problemsOf({ ...onNetwork({ deployment: "./network.json" }) }), [])
    assert.deepEqual(problemsOf({}), [])
  })

  it("stops Hardhat with the path of the bad value", async (t) => {
    const project = await newProject(t)
    const config = { enigma: { network: { depth: -1 } } }
    await assert.rejects(project.hardhat(config), /config\.enigma\.network\.depth/)
  })

  it("resolves paths from the project's root, and keeps a network's section", async (t) => {
    const project = await newProject(t)
    const { config } = await project.hardhat({
      enigma: { sources: ["one", "two/*"] },
      networks: { far: { type: "http", url: "http://127.0.0.1:1", enigma: { deployment: "net.json" } } },
    })
    const at = (name: string) => path.join(project.root, name)
    assert.deepEqual(config.enigma.sources, [at("one"), at("two/*")])
    assert.equal(config.enigma.artifacts, at("secret-artifacts"))
    assert.equal(config.enigma.types, at("types/secret-contracts.d.ts"))
    const { far } = config.networks
    assert.ok(far?.type === "http")
    assert.deepEqual(far.enigma, { deployment: at("net.json") })
  })
})
