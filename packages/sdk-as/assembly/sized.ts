import { u256 } from "./u256"

/**
 * Solidity's unsigned integers between 64 and 256 bits, for signatures: kept as u256, and checked to fit where a value
 * enters or leaves the contract. Arithmetic is that of u256.
 */
export type u72 = u256
export type u80 = u256
export type u88 = u256
export type u96 = u256
export type u104 = u256
export type u112 = u256
export type u120 = u256
export type u128 = u256
export type u136 = u256
export type u144 = u256
export type u152 = u256
export type u160 = u256
export type u168 = u256
export type u176 = u256
export type u184 = u256
export type u192 = u256
export type u200 = u256
export type u208 = u256
export type u216 = u256
export type u224 = u256
export type u232 = u256
export type u240 = u256
export type u248 = u256
