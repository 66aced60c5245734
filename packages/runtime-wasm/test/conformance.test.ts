import { runtimeConformance, testCrypto } from "@enigma-discovery/testing"
import { call, initWasi, prepare } from "../src/index.ts"
import { fixture } from "./support/fixture.ts"

await initWasi()
for (const [profile, name] of [
  ["bare", "conformance-bare"],
  ["wasi", "conformance"],
] as const) {
  const module = prepare(fixture(name))
  if (module.profile !== profile) throw new Error(`${name} is ${module.profile}`)
  runtimeConformance(profile, (context, state, gasLimit) => call(module, context, state, testCrypto(), gasLimit))
}
