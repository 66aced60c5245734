import type { HardhatUserConfig } from "hardhat/config"
import type { HardhatUserConfigValidationError } from "hardhat/types/hooks"
import type { z } from "zod"
import { DeploymentSchema, EnigmaSchema, NetworkEnigmaSchema } from "./schema.ts"

/** Problems of our sections, each with the path of the value that is wrong. */
export function validateUserConfig(config: HardhatUserConfig): HardhatUserConfigValidationError[] {
  const problems = check(EnigmaSchema, config.enigma, ["enigma"])
  for (const [name, network] of Object.entries(config.networks ?? {})) {
    const given: unknown = (network as { enigma?: unknown } | undefined)?.enigma
    const path = ["networks", name, "enigma"]
    if (given === undefined) continue
    if (network?.type !== "http")
      problems.push({ path, message: "A simulated network starts Enigma itself; it is set up in `enigma.network`." })
    else problems.push(...check(networkSchema(given), given, path))
  }
  return problems
}

/** The one of the two forms that is meant, so that its own problem is told. */
const networkSchema = (given: unknown): z.ZodType =>
  typeof given === "object" && given !== null && !("deployment" in given) ? DeploymentSchema : NetworkEnigmaSchema

function check(schema: z.ZodType, value: unknown, path: string[]): HardhatUserConfigValidationError[] {
  if (value === undefined) return []
  const result = schema.safeParse(value)
  if (result.success) return []
  return result.error.issues.map((issue) => ({
    path: [...path, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))],
    message: issue.message,
  }))
}
