import type { HostSignature } from "@enigma-discovery/protocol"

/** Import module of wasm32-wasi programs (WASI preview 1). */
export const WASI_MODULE = "wasi_snapshot_preview1"
/** The one function of it that ends the program. */
export const WASI_EXIT = "proc_exit"

export type WasiFunction = {
  readonly signature: HostSignature
  /** Gas of one call, the bytes it moves not counted. */
  readonly price: number
  /** Buffers in arguments 1 and 2, read from a file into memory or written from memory to a file. */
  readonly bytes?: "read" | "written"
  /** Argument that is a position in a file. */
  readonly offset?: number
  /** Arguments that are lengths of paths. */
  readonly paths?: readonly number[]
  /** Argument that points at a filestat record to be filled. */
  readonly stat?: number
  /** Answers the new file position through argument 3. */
  readonly seeks?: boolean
}

const types = (text: string) => [...text].map((c) => (c === "I" ? "i64" : "i32"))
/** Types of parameters and results by letter (i: i32, I: i64). */
const row = (
  params: string,
  price: number,
  more: Omit<WasiFunction, "signature" | "price"> = {},
  results = "i",
): WasiFunction => ({
  signature: { params: types(params), results: types(results) },
  price,
  ...more,
})

/** Prices in gas: what wasmer takes for a call in nanoseconds, measured, rounded up. */
const LIGHT = 3_000
const HEAVY = 20_000

/**
 * What a program may import. Sockets, signals, polling, links and listings of folders are left out: a contract has nobody
 * to talk to and nothing to wait for, and the order of a listing is not specified.
 */
export const WASI_FUNCTIONS: Readonly<Record<string, WasiFunction>> = {
  args_get: row("ii", LIGHT),
  args_sizes_get: row("ii", LIGHT),
  clock_res_get: row("ii", LIGHT),
  clock_time_get: row("iIi", LIGHT),
  environ_get: row("ii", LIGHT),
  environ_sizes_get: row("ii", LIGHT),
  fd_advise: row("iIIi", LIGHT),
  fd_close: row("i", LIGHT),
  fd_datasync: row("i", LIGHT),
  fd_fdstat_get: row("ii", LIGHT),
  fd_fdstat_set_flags: row("ii", LIGHT),
  fd_filestat_get: row("ii", LIGHT, { stat: 1 }),
  fd_pread: row("iiiIi", LIGHT, { bytes: "read", offset: 3 }),
  fd_prestat_dir_name: row("iii", LIGHT),
  fd_prestat_get: row("ii", LIGHT),
  fd_pwrite: row("iiiIi", LIGHT, { bytes: "written", offset: 3 }),
  fd_read: row("iiii", LIGHT, { bytes: "read" }),
  fd_renumber: row("ii", LIGHT),
  fd_seek: row("iIii", LIGHT, { seeks: true }),
  fd_sync: row("i", LIGHT),
  fd_tell: row("ii", LIGHT),
  fd_write: row("iiii", LIGHT, { bytes: "written" }),
  path_create_directory: row("iii", HEAVY, { paths: [2] }),
  path_filestat_get: row("iiiii", HEAVY, { paths: [3], stat: 4 }),
  path_open: row("iiiiiIIii", HEAVY, { paths: [3] }),
  path_remove_directory: row("iii", HEAVY, { paths: [2] }),
  path_rename: row("iiiiii", HEAVY, { paths: [2, 5] }),
  path_unlink_file: row("iii", HEAVY, { paths: [2] }),
  proc_exit: row("i", LIGHT, {}, ""),
  random_get: row("ii", LIGHT),
  sched_yield: row("", LIGHT),
}

export function wasiSignature(name: string): HostSignature | undefined {
  return Object.hasOwn(WASI_FUNCTIONS, name) ? WASI_FUNCTIONS[name]!.signature : undefined
}
