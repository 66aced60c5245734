/** Bytes by bytes, in order. Two forms (memory, LevelDB) hold to one suite. */
export type ByteOp =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: Uint8Array }

export interface Range {
  /** First key, included. */
  readonly from: Uint8Array
  /** Key before which to stop. */
  readonly to: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

export interface ByteStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  /** All or nothing, and on the disk when it resolves. */
  write(ops: readonly ByteOp[]): Promise<void>
  /** Entries in key order (unsigned bytes), as of the call. */
  entries(range: Range): Promise<readonly (readonly [key: Uint8Array, value: Uint8Array])[]>
  keys(range: Range): Promise<readonly Uint8Array[]>
  close(): Promise<void>
}
