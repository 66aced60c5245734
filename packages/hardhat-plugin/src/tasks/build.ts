import type { TaskOverrideActionFunction } from "hardhat/types/tasks"
import { buildSecretContracts } from "../build/build.ts"

interface Arguments {
  readonly force: boolean
  readonly quiet: boolean
  readonly files: readonly string[]
  readonly noContracts: boolean
}

/** `hardhat build`: Solidity first, then the secret contracts, which may be typed from Solidity's ABIs. */
const build: TaskOverrideActionFunction = async (args, hre, runSuper) => {
  const result: unknown = await runSuper(args)
  const { force, quiet, files, noContracts } = args as unknown as Arguments
  if (noContracts || files.length > 0) return result // some Solidity files were asked for, and nothing else
  const { root } = hre.config.paths
  const { compiled } = await buildSecretContracts({
    ...{ config: hre.config.enigma, root, force },
    ...(quiet ? {} : { say: (line) => console.log(line) }),
  })
  if (!quiet && compiled.length > 0) console.log(`Compiled ${compiled.join(", ")}`)
  return result
}

export default build
