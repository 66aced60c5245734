import { hostFunction, MAX_RANDOM_BYTES } from "@enigma-discovery/protocol"
import { PRICE } from "../prices.ts"
import { CallEnded, type RunState } from "./run-state.ts"
import { WASI_EXIT, WASI_FUNCTIONS, type WasiFunction } from "./wasi-abi.ts"

/** wasmer's own code threw: a fault of the engine, not of the program. */
export class WasiFault extends Error {}

type Import = (...args: never[]) => number | undefined
const ERRNO = { success: 0, inval: 28, nametoolong: 37, nospc: 51 } as const

/** Bytes a program may write in one call, over all files: they stand in the engine's memory until it ends. */
export const MAX_WRITTEN_BYTES = 8_388_608
/** Furthest a file position may go: a byte written there would make the file that long. */
const MAX_FILE_BYTES = BigInt(MAX_WRITTEN_BYTES)
const MAX_IOVECS = 1_024
const MAX_PATH_BYTES = 4_096
const NANOSECONDS = 1_000_000_000n

/** wasmer's functions behind a charge and a bound each; clock, randomness and exit are our own. */
export function wasiImports(provided: WebAssembly.ModuleImports, run: RunState): WebAssembly.ModuleImports {
  const out: WebAssembly.ModuleImports = {}
  const guest = new Guest(run)
  for (const name of Object.keys(provided)) {
    const row = WASI_FUNCTIONS[name]
    if (row === undefined) continue
    const inner = provided[name] as (...args: (number | bigint)[]) => number
    const act = (...args: (number | bigint)[]): number => {
      try {
        return inner(...args)
      } catch (cause) {
        throw new WasiFault(name, { cause })
      }
    }
    const own = OWN[name]
    out[name] = own === undefined ? guarded(guest, row, act) : own(guest, row)
  }
  return out
}

type Act = (...args: (number | bigint)[]) => number

class Guest {
  readonly run: RunState
  written = 0
  constructor(run: RunState) {
    this.run = run
  }
  u64(pointer: number): bigint {
    return new DataView(this.run.read(pointer, 8, "result").buffer).getBigUint64(0, true)
  }
  put64(pointer: number, value: bigint): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, value, true)
    this.run.write(pointer, bytes, "result")
  }
  /** Sum of the lengths of a list of buffers; undefined for a list that is too long. */
  iovecBytes(pointer: number, count: number): number | undefined {
    if (count >>> 0 > MAX_IOVECS) return undefined
    const list = new DataView(this.run.read(pointer, 8 * count, "buffers").buffer)
    let sum = 0
    for (let i = 0; i < count; i++) sum += list.getUint32(8 * i + 4, true)
    return sum
  }
}

function guarded(guest: Guest, row: WasiFunction, act: Act): Import {
  const { run } = guest
  const nanoseconds = (): bigint => BigInt.asUintN(64, run.context.timestamp * NANOSECONDS)
  return (...given: never[]) => {
    const args = given as (number | bigint)[]
    const number = (i: number): number => Number(args[i])
    run.charge(row.price)
    if (row.bytes === "read" || row.bytes === "written") {
      const bytes = guest.iovecBytes(number(1), number(2))
      if (bytes === undefined) return ERRNO.inval
      // Reading is charged as a copy of the buffers, writing as the memory it takes.
      run.charge(row.bytes === "read" ? Math.ceil(bytes / PRICE.bulkBytesPerGas) : bytes)
      if (row.bytes === "written") guest.written += bytes
      if (guest.written > MAX_WRITTEN_BYTES) return ERRNO.nospc
      if (row.offset !== undefined && BigInt.asUintN(64, args[row.offset] as bigint) > MAX_FILE_BYTES)
        return ERRNO.inval
    }
    for (const at of row.paths ?? []) {
      if (number(at) >>> 0 > MAX_PATH_BYTES) return ERRNO.nametoolong
      run.charge(number(at))
    }
    const errno = act(...args)
    if (errno === ERRNO.success && row.stat !== undefined) {
      // access, modification and change time of the filestat record
      for (const field of [40, 48, 56]) guest.put64(number(row.stat) + field, nanoseconds())
    }
    if (errno === ERRNO.success && row.seeks && guest.u64(number(3)) > MAX_FILE_BYTES) {
      act(number(0), 0n, 0, number(3))
      return ERRNO.inval
    }
    return errno
  }
}

/** Functions in which the outside world would show. */
const OWN: Readonly<Record<string, (guest: Guest, row: WasiFunction) => Import>> = {
  [WASI_EXIT]:
    ({ run }, row) =>
    (...[code]: never[]) => {
      run.charge(row.price)
      throw new CallEnded({ end: "exit", code: Number(code) | 0 })
    },
  clock_time_get:
    (guest, row) =>
    (...[, , out]: never[]) => {
      guest.run.charge(row.price)
      guest.put64(Number(out), BigInt.asUintN(64, guest.run.context.timestamp * NANOSECONDS))
      return ERRNO.success
    },
  clock_res_get:
    (guest, row) =>
    (...[, out]: never[]) => {
      guest.run.charge(row.price)
      guest.put64(Number(out), NANOSECONDS)
      return ERRNO.success
    },
  random_get:
    ({ run }) =>
    (...[out, size]: never[]) => {
      const bytes = run.size(Number(size), 65_536, "random bytes")
      const { base, perByte } = hostFunction("random").price
      run.charge(base + perByte * bytes)
      for (let at = 0; at < bytes; at += MAX_RANDOM_BYTES) {
        const part = Math.min(MAX_RANDOM_BYTES, bytes - at)
        run.write(
          Number(out) + at,
          run.context.kind === "query" ? publicBytes(run, at, part) : run.crypto.random(part),
          "out",
        )
      }
      return ERRNO.success
    },
}

/**
 * Queries have no randomness, but Rust and others seed hash maps with it at start: they get bytes that differ by state and
 * are known to everyone.
 */
function publicBytes(run: RunState, at: number, size: number): Uint8Array {
  const out = new Uint8Array(size)
  const block = new Uint8Array(36)
  block.set(run.context.taskId)
  for (let done = 0; done < size; done += 32) {
    new DataView(block.buffer).setUint32(32, at + done)
    out.set(run.crypto.sha256(block).subarray(0, Math.min(32, size - done)), done)
  }
  return out
}
