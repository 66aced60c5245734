import { pluginErrors } from "../errors.ts"
import type { EnigmaParts } from "../network/enigma.ts"
import { InProcessNetwork } from "../network/in-process.ts"
import type { Fact } from "./facts.ts"
import { observe } from "./observe.ts"

/** What anybody sees of a call with each of two secrets, both run from the present state, to which the network goes back. */
export async function compareRuns(
  { network, tasks, defaultSigner }: Pick<EnigmaParts, "network" | "tasks" | "defaultSigner">,
  run: (secret: unknown) => unknown,
  [first, second]: readonly unknown[],
): Promise<readonly [readonly Fact[], readonly Fact[]]> {
  const devnet = await network.startedDevnet("toLeakNothing")
  if (!(network instanceof InProcessNetwork))
    throw pluginErrors.make("MOCK_ONLY", { what: "toLeakNothing", network: "" })
  const client = await network.client(await defaultSigner())
  const observed = { devnet, client, tasks }
  const one = async (secret: unknown) => await network.aside(() => observe(observed, () => run(secret)))
  return [await one(first), await one(second)]
}
