import type { ProgramStreams } from "./run-program.ts"

/** Standard input and output of this process. Nothing may write to either besides the program. */
export function stdio(): ProgramStreams {
  return {
    input: process.stdin as AsyncIterable<Uint8Array>,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error)))
      }),
  }
}

/** An error that reaches the top would print its text; the process ends silently instead. */
export function endSilentlyOnFault(wipe: () => void): void {
  const end = () => {
    wipe()
    process.exit(70)
  }
  process.on("uncaughtException", end)
  process.on("unhandledRejection", end)
  process.on("warning", () => undefined)
}
