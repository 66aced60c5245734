import path from "node:path"
import type { HardhatConfig, HardhatUserConfig } from "hardhat/types/config"
import type { EnigmaUserConfig, InProcessConfig } from "./schema.ts"

/** All paths absolute. */
export interface EnigmaConfig {
  readonly sources: readonly string[]
  readonly artifacts: string
  readonly types: string
  readonly network: InProcessConfig
}

export function resolveEnigmaConfig(given: EnigmaUserConfig | undefined, root: string): EnigmaConfig {
  const { sources = "secret-contracts", artifacts = "secret-artifacts", types } = given ?? {}
  const absolute = (one: string) => path.resolve(root, one)
  return Object.freeze({
    sources: [sources].flat().map(absolute),
    artifacts: absolute(artifacts),
    types: absolute(types ?? "types/secret-contracts.d.ts"),
    network: Object.freeze({ ...given?.network }),
  })
}

/** Adds our sections to what the others resolved. */
export function withEnigma(user: HardhatUserConfig, resolved: HardhatConfig): HardhatConfig {
  const { root } = resolved.paths
  const networks = Object.fromEntries(
    Object.entries(resolved.networks).map(([name, network]) => {
      const given = user.networks?.[name]
      const enigma = given?.type === "http" ? given.enigma : undefined
      if (network.type !== "http" || enigma === undefined) return [name, network]
      const file = "deployment" in enigma ? { deployment: path.resolve(root, enigma.deployment) } : enigma
      return [name, { ...network, enigma: file }]
    }),
  )
  return { ...resolved, networks, enigma: resolveEnigmaConfig(user.enigma, root) }
}
