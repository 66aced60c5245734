/**
 * Gas of each instruction. One unit stands for about one nanosecond of V8's slower tier on the reference machine; the
 * numbers are rounded up from `npm run bench:runtime -- --prices`, which prints what each class takes on both tiers. A contract is charged the sum
 * over the instructions it executes, and nothing else: where the checks stand cannot be seen from a finished call.
 */
export const PRICE = {
  /** block, else, end, nop: they leave no machine code. */
  structure: 0,
  /** loop, on entry: V8 polls for interrupts at each header. Free, 500 loops around one jump cost 345 ns a unit. */
  loop: 1,
  /** Constants, locals, comparisons, additions, shifts, bit counts, conversions, drop, select, memory.size. */
  simple: 1,
  /** global.get, global.set: a load or store through the instance. */
  global: 1,
  /** Loads and stores: a bounds check and a cache access; above `simple` for the misses a hostile loop can cause. */
  memory: 2,
  /** Multiplication: 3 to 4 cycles, not pipelined in Liftoff's code. */
  multiply: 2,
  /** 32-bit division and remainder, with its two trap checks: 20 to 26 cycles on older x86. */
  divide32: 8,
  /** 64-bit division and remainder: 35 to 88 cycles on older x86, 18 on newer. */
  divide64: 16,
  /** br, br_if, if, return, unreachable. */
  branch: 1,
  /** br_table: an indirect jump, which a hostile loop makes mispredict. */
  branchTable: 4,
  /** call: the frame, the stack check, moving arguments. The callee adds `local` for each of its locals. */
  call: 5,
  /** call_indirect: also the table bounds and signature checks. */
  callIndirect: 10,
  /** Each declared local that is not a parameter, on entry: V8 zeroes it. So many for one unit, rounded up. */
  localsPerGas: 4,
  /** memory.grow, even of no page. */
  memoryGrow: 1_000,
  /** Each page that memory.grow adds or the module starts with: the kernel zeroes 64 KiB on first touch. */
  page: 10_000,
  /** memory.copy, memory.fill, memory.init, table.copy, table.init, data.drop, elem.drop: a call out of compiled code. */
  bulk: 40,
  /**
   * Bytes of memory.copy, memory.fill and memory.init that one unit of gas moves: a copy between addresses that differ by
   * little more than a multiple of 4,096 takes 0.5 ns a byte, any other a tenth of it.
   */
  bulkBytesPerGas: 2,
  /** Bytes of the module's active data that one unit of gas places in a fresh instance. */
  dataBytesPerGas: 8,
  /** Each element of table.copy, table.init and of the module's active elements: V8 makes a reference for each, 50 to 125 ns. */
  element: 100,
  /** Each slot of the table that the module starts with. */
  slot: 4,
  /** A fresh instance: what a call costs before its first instruction. */
  instance: 20_000,
  /** What a program for WASI costs above that: its file system, arguments and tables in wasmer. */
  wasiInstance: 500_000,
} as const
