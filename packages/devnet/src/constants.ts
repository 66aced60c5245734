/** Defaults of a local network. Times in milliseconds, lengths in blocks, stakes in whole ENG. */

/** Chain id of local development chains (Hardhat's own default). */
export const DEV_CHAIN_ID = 31_337n
/** Hardhat's well-known development mnemonic: its keys are public, never use them elsewhere. */
export const DEV_MNEMONIC = "test test test test test test test test test test test junk"
/** Directory names of networks in the system's temporary directory start with this. */
export const DIRECTORY_PREFIX = "enigma-devnet-"

/** A process that starts must say that it is ready within this time; generous, since CI machines are slow. */
export const READY_TIMEOUT_MS = 60_000
/** A process asked to stop gets this long before it is killed. */
export const STOP_TIMEOUT_MS = 5_000
/** After SIGKILL a process is gone within milliseconds; one in an uninterruptible wait may take longer. */
export const KILL_TIMEOUT_MS = 5_000
/** How long processes may take to end by themselves when the launcher is gone, before the guardian kills them. */
export const ORPHAN_GRACE_MS = 4_000
/** Lines of a log that an error shows. */
export const LOG_TAIL_LINES = 25
/** A node's own limit for a clean stop: below ours, so that it may still report what it gave up. */
export const NODE_STOP_TIMEOUT_MS = 4_000
