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
})
