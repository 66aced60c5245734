import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"

/** Calls of one contract, one after the other on one state. */
export type Entry = {
  readonly name: string
  readonly code: Uint8Array
  readonly calls: readonly {
    readonly kind: "construct" | "call" | "query"
    readonly calldata: Uint8Array
    readonly gasLimit: bigint
  }[]
}

/** For handing a corpus to programs that run it. */
export const writeEntries = (entries: readonly Entry[]): string =>
  JSON.stringify(entries, (_, value) =>
    value instanceof Uint8Array ? toHex(value) : typeof value === "bigint" ? String(value) : value,
  )

type Written = {
  readonly name: string
  readonly code: Hex
  readonly calls: readonly { readonly kind: "call"; readonly calldata: Hex; readonly gasLimit: string }[]
}
export const readEntries = (text: string): readonly Entry[] =>
  (JSON.parse(text) as readonly Written[]).map(({ name, code, calls }) => ({
    name,
    code: fromHex(code),
    calls: calls.map(({ kind, calldata, gasLimit }) => ({
      kind,
      calldata: fromHex(calldata),
      gasLimit: BigInt(gasLimit),
    })),
  }))
