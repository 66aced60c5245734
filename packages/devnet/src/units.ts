/** Grains in one ENG. */
export const GRAINS_PER_ENG = 100_000_000n
export const grainsOf = (wholeEng: number): bigint => BigInt(wholeEng) * GRAINS_PER_ENG
