/** Where things lie. The first 1,024 bytes are the compiler's; texts begin behind the fixed part and end where memory does. */
// @ts-ignore: decorator
@inline export const KEY: usize = 1_024
// @ts-ignore: decorator
@inline export const NONCE: usize = 1_056
/** Received or made tag, 16 bytes. */
// @ts-ignore: decorator
@inline export const TAG: usize = 1_072
// @ts-ignore: decorator
@inline export const AUTH_KEY: usize = 1_088
// @ts-ignore: decorator
@inline export const MESSAGE_KEY: usize = 1_104
/** POLYVAL's sum, 16 bytes. */
// @ts-ignore: decorator
@inline export const SUM: usize = 1_136
/** Expanded key: 15 round keys, and one that is computed and not used. */
// @ts-ignore: decorator
@inline export const SCHEDULE: usize = 1_280
/** The same as planes: 15 times 8 vectors. */
// @ts-ignore: decorator
@inline export const ROUND_PLANES: usize = 1_536
/** The 8 planes at work. */
// @ts-ignore: decorator
@inline export const PLANES: usize = 3_456
/** 8 blocks into and out of the cipher. */
// @ts-ignore: decorator
@inline export const BLOCKS: usize = 3_584
/** Associated data, and behind it at the next multiple of 16 the text. */
// @ts-ignore: decorator
@inline export const TEXT: usize = 4_096
