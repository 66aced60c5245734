import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import { initWasi } from "@enigma-discovery/runtime-wasm"
import { Interface, type InterfaceAbi } from "ethers"
import type { ContractShape } from "../compile.ts"
import { sdkErrors } from "../errors.ts"
import type { SimulatedCode } from "./types.ts"

/**
 * A module that another compiler made: `shop.wasm`, and beside it `shop.json` (an ABI, or an object with `abi` and what
 * else `compileContract` writes) and, if it is there, `shop.wasm.map`.
 * @throws SDK_AS_ENTRY_NOT_FOUND, SDK_AS_BAD_ABI
 */
export async function loadCode(file: string): Promise<SimulatedCode> {
  if (!existsSync(file)) throw sdkErrors.make("ENTRY_NOT_FOUND", { entry: file })
  await initWasi()
  const wasm = new Uint8Array(await readFile(file))
  const map = `${file}.map`
  return {
    ...(await readShape(file.replace(/\.wasm$/, ".json"), basename(file, ".wasm"))),
    wasm,
    codeHash: toHex(keccak256(wasm)),
    sourceMap: existsSync(map) ? await readFile(map, "utf8") : undefined,
  }
}

async function readShape(file: string, name: string): Promise<ContractShape> {
  try {
    const json = JSON.parse(await readFile(file, "utf8")) as unknown
    const shape = (Array.isArray(json) ? { abi: json } : json) as Partial<ContractShape> & { contractName?: string }
    new Interface(shape.abi as unknown as InterfaceAbi)
    const { abi, state = [], ethereum = [], contractName = name } = shape
    return { name: contractName, abi: abi!, state, ethereum }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw sdkErrors.make("BAD_ABI", { name: file, reason }, { cause })
  }
}
