import { HOST_MODULE, type HostFunctionName } from "@enigma-discovery/protocol"
import { START_EXPORT } from "../constants.ts"
import type { PreparedModule } from "../prepare.ts"
import { hostImport } from "./host-functions.ts"
import type { RunState } from "./run-state.ts"

/** Functions of the host ABI that the module imports. */
export function hostImports(module: PreparedModule, run: RunState): WebAssembly.ModuleImports {
  const out: WebAssembly.ModuleImports = {}
  for (const { module: from, name } of module.instrumented.module.imports) {
    if (from === HOST_MODULE) out[name] = hostImport(run, name as HostFunctionName)
  }
  return out
}

export const enter = (instance: WebAssembly.Instance, name: string): void => {
  ;(instance.exports[name] as (() => void) | undefined)?.()
}

/** The default profile: the contract exports `construct` and `call` and speaks the host ABI. */
export function runBare(module: PreparedModule, run: RunState): Uint8Array | undefined {
  const instance = new WebAssembly.Instance(module.compiled, { [HOST_MODULE]: hostImports(module, run) })
  run.attach(instance)
  enter(instance, START_EXPORT)
  enter(instance, run.context.kind === "construct" ? "construct" : "call")
  return run.returnData
}
