import { rm } from "node:fs/promises"
import type { CleanHooks } from "hardhat/types/hooks"

export default async (): Promise<Partial<CleanHooks>> => ({
  onClean: async ({ config: { enigma } }) => {
    await Promise.all([enigma.artifacts, enigma.types].map((one) => rm(one, { recursive: true, force: true })))
  },
})
