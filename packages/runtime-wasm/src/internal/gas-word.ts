/**
 * Two globals the pass appends. Gas left, an i64: negative is out of gas. Stack in use, an i32 in slots: a function that
 * can come to a recursive one reads it on entry and writes it before such calls, so that nothing has to be taken back
 * when a function returns.
 */

/** Written to the gas global before the trap that follows a memory.grow which the engine refused although limits allow it. */
export const ENGINE_FAULT_GAS = -(1n << 63n)
/** Written to the stack global before the trap of a function that would go too deep. */
export const STACK_OVERFLOW = -1
