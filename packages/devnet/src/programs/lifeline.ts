/**
 * Preloaded into every process of a local network. Its standard input is a pipe that the launcher holds open: when the
 * launcher is gone, however it went, the pipe ends, and so does this process: asked first, then by force.
 */
const FORCE_AFTER_MS = 3_000

function end(): void {
  process.kill(process.pid, "SIGTERM")
  setTimeout(() => process.kill(process.pid, "SIGKILL"), FORCE_AFTER_MS)
}

process.stdin.once("end", end).once("error", end)
process.stdin.resume()
// The lifeline must not keep a process that has finished.
if ("unref" in process.stdin) process.stdin.unref()
