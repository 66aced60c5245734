// Preloaded into every script that bootstrap.mjs starts: when the parent is gone without a word (SIGKILL), the script hears
// SIGTERM and cleans up as if it had been asked to stop.
import { isMainThread } from "node:worker_threads"

const CHECK_MS = 500
const parent = process.ppid

if (isMainThread) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, "SIGTERM")
  }, CHECK_MS)
  timer.unref()
}
