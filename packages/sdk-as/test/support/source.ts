import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type CompiledContract, compileContract } from "../../src/index.ts"

/** Compiles a source given as text, in a folder of its own that is gone afterwards. */
export async function compileText(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<CompiledContract> {
  const folder = await mkdtemp(join(tmpdir(), "enigma-sdk-"))
  try {
    for (const [name, content] of Object.entries({ ...others, "contract.ts": text }))
      await writeFile(join(folder, name), content)
    return await compileContract(join(folder, "contract.ts"))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
