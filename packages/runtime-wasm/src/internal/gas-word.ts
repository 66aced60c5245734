import { MAX_STACK_SLOTS } from "../constants.ts"

/**
 * The gas word: one mutable i64 global holds gas left and stack used, so that a recursive call pays for both with one
 * load, one addition and one store, and tests both with one mask.
 *
 *   bits 20..63  gas left, signed: negative is out of gas
 *   bits  0..19  stack slots in use, offset so that bit 19 turns 1 above MAX_STACK_SLOTS
 *
 * A function adds at most MAX_STACK_SLOTS above the limit before it tests, so bit 19 never carries into the gas.
 */
export const GAS_SHIFT = 20n
const STACK_FLAG = 1n << 19n
const STACK_OFFSET = STACK_FLAG - BigInt(MAX_STACK_SLOTS) - 1n

/** Both ways of being exhausted. */
export const EXHAUSTED_MASK = (1n << 63n) | STACK_FLAG
/** Written before the trap that follows a memory.grow which the engine refused although the limits allow it. */
export const ENGINE_FAULT_WORD = 1n << 63n

export const gasUnits = (gas: number | bigint): bigint => BigInt(gas) << GAS_SHIFT
export const startWord = (gas: bigint, slots: number): bigint => gasUnits(gas) + STACK_OFFSET + BigInt(slots)
/** Gas left in a word as V8 hands it over (signed). */
export const gasLeft = (word: bigint): bigint => word >> GAS_SHIFT
export const isOutOfGas = (word: bigint): boolean => word < 0n
export const isOutOfStack = (word: bigint): boolean => (word & STACK_FLAG) !== 0n
export const isEngineFault = (word: bigint): boolean => BigInt.asUintN(64, word) === ENGINE_FAULT_WORD
