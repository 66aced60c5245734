import { readFile } from "node:fs/promises"
import { z } from "zod"
import { DeploymentSchema, type EnigmaDeployment, type NetworkEnigmaUserConfig } from "../config/schema.ts"
import { pluginErrors } from "../errors.ts"

/** The deployment alone, or under `enigma` in a file that says more, as `npm run network -- --json` prints it. */
const DeploymentFile = z.union([
  z.looseObject({ enigma: DeploymentSchema }).transform(({ enigma }) => enigma),
  DeploymentSchema,
])

const MAX_FILE_BYTES = 1 << 20

/** @throws HARDHAT_BAD_DEPLOYMENT, HARDHAT_NO_ENIGMA */
export async function deploymentOf(
  given: NetworkEnigmaUserConfig | undefined,
  network: string,
): Promise<EnigmaDeployment> {
  if (given === undefined) throw pluginErrors.make("NO_ENIGMA", { network })
  if (!("deployment" in given)) return DeploymentSchema.parse(given)
  const file = given.deployment
  const bad = (why: string) => pluginErrors.make("BAD_DEPLOYMENT", { file, network, why })
  const text = await readFile(file, "utf8").catch((error: Error) => Promise.reject(bad(error.message)))
  if (text.length > MAX_FILE_BYTES) throw bad(`it is larger than ${MAX_FILE_BYTES} bytes`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw bad("it is not JSON")
  }
  const result = DeploymentFile.safeParse(json)
  if (!result.success) throw bad(z.prettifyError(result.error))
  return result.data
}
