/** What a local network tells while it starts and runs. */
export type DevnetEvent =
  | { readonly kind: "up"; readonly what: string; readonly tookMs: number }
  /** A process ended though nobody asked it to; `logTail` says why. */
  | { readonly kind: "ended"; readonly what: string; readonly how: string; readonly logTail: string }
  /** After a failed start: the end of a process's log, whose file goes with the network. */
  | { readonly kind: "log"; readonly what: string; readonly logTail: string }
