/** Our section of hardhat.config.ts. Strict: a misspelt key is an error with its path, not a setting that never works. */
import { z } from "zod"

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be a 20-byte address in 0x-hex")
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be 32 bytes in 0x-hex")
const folder = z.string().min(1, "must not be empty")

export const TrustSchema = z.strictObject({
  devRoot: address.describe("Root of the simulated attestation. Refused on chain 1."),
  measurements: z
    .union([z.literal("chain"), z.array(hash).min(1, "must name at least one program")])
    .describe("SHA-256 of the worker programs that may see inputs; `chain`: those that Enigma's governance allows."),
  minSecurityVersion: z.int().min(0).optional().describe("Oldest program version accepted."),
  maxQuoteAgeS: z.int().min(1).optional().describe("Oldest quote accepted, seconds."),
})

/** What a client must know of a network that already runs. */
export const DeploymentSchema = z.strictObject({
  enigmaAddress: address,
  gateways: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1, "must name at least one gateway")
    .max(16),
  trust: TrustSchema,
  topUpEng: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      "Whole ENG that a signer deposits whenever its credit is below a tenth of that; left out: it never does.",
    ),
})

/** `networks.<name>.enigma`: the deployment itself, or a JSON file that holds it (under `enigma`, or alone). */
export const NetworkEnigmaSchema = z.union([
  DeploymentSchema,
  z.strictObject({
    deployment: folder.describe("JSON file, as `npm run network -- --json` and `enigma node` write it."),
  }),
])

/** `enigma.network`: the network that starts inside the process that tests. */
export const InProcessSchema = z.strictObject({
  stakesEng: z
    .array(z.int().min(1))
    .min(1, "at least one worker is needed")
    .max(16)
    .optional()
    .describe("One worker each, its stake in whole ENG."),
  epochLengthBlocks: z.int().min(8).max(10_000).optional().describe("Blocks between two scheduled starts of an epoch."),
  depth: z.int().min(0).max(64).optional().describe("Confirmations before anything of a record leaves an enclave."),
  seed: z.string().min(1).max(200).optional().describe("Everything random follows from it; printed when a test fails."),
})

export const EnigmaSchema = z.strictObject({
  sources: z
    .union([folder, z.array(folder).min(1)])
    .optional()
    .describe("Folders with secret contracts; `*` stands for any part of one folder name."),
  artifacts: folder.optional().describe("Where compiled secret contracts are written."),
  types: folder.optional().describe("The file of generated types."),
  network: InProcessSchema.optional(),
})

export type EnigmaUserConfig = z.input<typeof EnigmaSchema>
export type NetworkEnigmaUserConfig = z.input<typeof NetworkEnigmaSchema>
export type InProcessConfig = z.output<typeof InProcessSchema>
export type EnigmaDeployment = z.output<typeof DeploymentSchema>
