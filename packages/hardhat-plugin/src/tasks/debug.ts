import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { requireArtifact } from "../build/artifacts.ts"
import { readBundle } from "../debug/bundle.ts"
import { replay } from "../debug/replay.ts"
import { pluginErrors } from "../errors.ts"

interface Arguments {
  readonly bundle: string
}

/** `enigma:debug replay.json`: executes one task again, outside any enclave, and shows each step. */
const debug: NewTaskActionFunction<Arguments> = async ({ bundle: file }, hre) => {
  await hre.tasks.getTask("build").run({ quiet: true })
  const bundle = await readBundle(file)
  const artifact = await requireArtifact(hre.config.enigma.artifacts, bundle.contract)
  if (artifact.codeHash !== bundle.codeHash) {
    const why = `it is of code ${bundle.codeHash}; ${bundle.contract} is ${artifact.codeHash} now`
    throw pluginErrors.make("BAD_BUNDLE", { file, why })
  }
  const { trace, same } = replay(bundle, artifact)
  console.log(trace.join("\n"))
  console.log(VERDICTS[`${same}`])
  if (same === false) process.exitCode = 1
}

const VERDICTS = {
  true: "The network told the same end, and the same gas.",
  false: "The network told another end: it ran other code, or a state that this bundle does not hold.",
  undefined: "The task uses randomness, which this re-execution can't have: its end may differ from the network's.",
} as const

export default debug
