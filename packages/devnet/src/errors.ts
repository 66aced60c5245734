import { defineErrors } from "@enigma-discovery/protocol"

/** What can go wrong while a local network starts, runs or stops. `logTail` holds the last lines of the process's log. */
export const devnetErrors = defineErrors("DEVNET", {
  START_FAILED: "The local network could not start: {step} failed. {reason}",
  PROCESS_EXITED: "{name} ended before it was ready ({how}). Its last lines:\n{logTail}",
  PROCESS_NOT_READY: "{name} was not ready within {timeoutMs} ms. Its last lines:\n{logTail}",
  PROCESS_WONT_DIE: "{name} left {count} processes behind that SIGKILL did not end within {timeoutMs} ms: {pids}.",
  GUARDIAN_LOST:
    "The process that cleans up after the network ended by itself ({how}); stop the network and start it again.",
  RPC_FAILED: "The chain answered {method} with an error: {detail}",
  TIMED_OUT: "{what} did not happen within {timeoutMs} ms.",
  STOPPED: "The local network has been stopped.",
  NOT_BUILT_YET: "This version can't do that yet: {what}.",
  NODE_DOWN: "{name} is not up: it crashed or was stopped; restart it first.",
  WITHHELD: "{name} was told to withhold this.",
  LOST: "A message of {name} was lost on purpose.",
  EPOCH_NOT_OPENED:
    "Nobody opened the epoch that is due from block {start} on: the key manager or the witness is down or cut off.",
  NO_SUCH_WORKER: "There is no worker {number}; this network has {count}.",
  NOTHING_SIGNED: "{name} has signed no batch of {contract} with its present key; let it commit one first.",
  NO_SUCH_SNAPSHOT: "There is no snapshot {id}, or a restore went to one before it; take another.",
  REORG_TOO_DEEP:
    "{blocks} blocks can't be replaced at depth {depth}: start the network with a depth of at least {blocks}.",
  REORG_UNKNOWN:
    "The chain can't go back {blocks} blocks: send transactions through the network's `provider`, and take back no more than that.",
})
