import type { ConfigHooks } from "hardhat/types/hooks"
import { withEnigma } from "../config/resolve.ts"
import { validateUserConfig } from "../config/validate.ts"

export default async (): Promise<Partial<ConfigHooks>> => ({
  validateUserConfig: async (config) => validateUserConfig(config),
  resolveUserConfig: async (user, resolveVariable, next) => withEnigma(user, await next(user, resolveVariable)),
})
