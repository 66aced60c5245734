/**
 * What opening a sealed delta costs in both forms of the provider, in processor time.
 *
 *   npm run bench:sealing             a table
 *   npm run bench:sealing -- --json   one JSON object
 */
import { type CryptoProvider, nobleCrypto } from "../src/index.ts"
import { nodeCrypto } from "../src/node.ts"

/** Plaintext bytes of the size classes (PROTOCOL §6.1), and how often. */
const SIZES = [
  [256, 20_000],
  [1_024, 10_000],
  [16_384, 1_000],
  [262_144, 100],
] as const

function openUs({ aes256GcmSivSeal, aes256GcmSivOpen }: CryptoProvider, sizeBytes: number, times: number): number {
  const parameters = { key: new Uint8Array(32), nonce: new Uint8Array(12), associatedData: new Uint8Array(32) }
  const sealed = aes256GcmSivSeal(parameters, new Uint8Array(sizeBytes))
  for (let i = 0; i < times / 4; i++) aes256GcmSivOpen(parameters, sealed)
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) aes256GcmSivOpen(parameters, sealed)
  const { user, system } = process.cpuUsage(before)
  return Number(((user + system) / times).toPrecision(3))
}

const result = SIZES.map(([sizeBytes, times]) => ({
  sizeBytes,
  nobleUs: openUs(nobleCrypto, sizeBytes, times),
  nodeUs: openUs(nodeCrypto, sizeBytes, times),
}))
if (process.argv.includes("--json")) console.log(JSON.stringify({ aes256GcmSivOpen: result }))
else console.table(result)
