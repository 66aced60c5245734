import { readFileSync } from "node:fs"
import { fromHex, type Receipt, type ReceiptStatus, type TaskRecord } from "@enigma-discovery/protocol"

type Json = string | number | boolean | null | { readonly [key: string]: Json } | readonly Json[]

/** A vector file's value, read by path: `vector("batch", "digest").hex`. A missing field is an error, never undefined. */
export class Vector {
  readonly #json: Json
  readonly #where: string
  constructor(json: Json, where: string) {
    this.#json = json
    this.#where = where
  }
  at(...path: readonly (string | number)[]): Vector {
    let json = this.#json
    for (const key of path)
      json = (json as { readonly [key: string]: Json })[key] ?? missing(`${this.#where}.${path.join(".")}`)
    return new Vector(json, `${this.#where}.${path.join(".")}`)
  }
  get list(): readonly Vector[] {
    return (this.#json as readonly Json[]).map((item, i) => new Vector(item, `${this.#where}[${i}]`))
  }
  get text(): string {
    return String(this.#json)
  }
  get hex(): Uint8Array {
    return fromHex(this.text)
  }
  get int(): number {
    return Number(this.text)
  }
  get big(): bigint {
    return BigInt(this.text)
  }
}

const missing = (where: string): never => {
  throw new Error(`the vectors have no ${where}`)
}

const load = (name: string): Vector =>
  new Vector(
    JSON.parse(readFileSync(new URL(`../../../testing/vectors/${name}.json`, import.meta.url), "utf8")) as Json,
    name,
  )

export const protocolVectors = load("protocol")
export const drawVectors = load("draw")
export const fairnessVectors = load("draw-fairness")

export const recordOf = (v: Vector): TaskRecord => ({
  sender: v.at("sender").hex,
  inputsHash: v.at("inputsHash").hex,
  gasLimit: v.at("gasLimit").big,
  gasPriceGrains: v.at("gasPriceGrains").big,
  callbackGas: v.at("callbackGas").big,
  callbackPriceGrains: v.at("callbackPriceGrains").big,
  flags: v.at("flags").int,
  token: v.at("token").hex,
  amount: v.at("amount").big,
  blockNumber: v.at("blockNumber").big,
  timestampS: v.at("timestampS").big,
})

export const receiptOf = (v: Vector): Receipt => ({
  index: v.at("index").int,
  taskId: v.at("taskId").hex,
  status: v.at("status").int as ReceiptStatus,
  gasClass: v.at("gasClass").big,
  feeGrains: v.at("feeGrains").big,
  outputHash: v.at("outputHash").hex,
  fallbackOutputHash: v.at("fallbackOutputHash").hex,
  headAfter: v.at("headAfter").hex,
})
