/**
 * A replay bundle: everything one task depended on, in clear. Made on the in-process network, where states can be read; it holds
 * secrets, so it belongs where test data may lie and nowhere else.
 */
import { readFile, writeFile } from "node:fs/promises"
import { z } from "zod"
import { pluginErrors } from "../errors.ts"

const hex = z.templateLiteral(["0x", z.string().regex(/^([0-9a-f]{2})*$/)])
const whole = z.string().regex(/^\d+$/)

const BundleSchema = z.strictObject({
  format: z.literal("enigma-replay-1"),
  contract: z.string().min(1),
  codeHash: hex,
  address: hex,
  sender: hex,
  taskId: hex,
  index: z.int().min(0),
  blockNumber: whole,
  timestampS: whole,
  token: hex,
  amount: whole,
  calldata: hex,
  gasLimit: whole,
  /** State before the task: [key, value], in key order. */
  state: z.array(z.tuple([hex, hex])).max(1_000_000),
  /** How the network told that it ended. */
  ended: z.strictObject({ status: z.string(), gasUsed: whole.optional(), message: z.string().optional() }),
})
export type ReplayBundle = z.output<typeof BundleSchema>

const MAX_BUNDLE_BYTES = 256 << 20

export async function writeBundle(file: string, bundle: ReplayBundle): Promise<void> {
  await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600 })
}

/** @throws HARDHAT_BAD_BUNDLE */
export async function readBundle(file: string): Promise<ReplayBundle> {
  const bad = (why: string) => pluginErrors.make("BAD_BUNDLE", { file, why })
  const text = await readFile(file, "utf8").catch((error: Error) => Promise.reject(bad(error.message)))
  if (text.length > MAX_BUNDLE_BYTES) throw bad(`it is larger than ${MAX_BUNDLE_BYTES} bytes`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw bad("it is not JSON")
  }
  const parsed = BundleSchema.safeParse(json)
  if (!parsed.success) throw bad(z.prettifyError(parsed.error))
  return parsed.data
}
