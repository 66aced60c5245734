/** A running program's end as the host holds it: bodies go in, bodies come out, and at some time it ends. */
export interface Link {
  send(body: Uint8Array): void
  /** Ends the program; resolves when it has. */
  stop(): Promise<void>
  /** Ends the program at once: it can't be relied on. */
  abort(why: string): void
  readonly ended: Promise<Ended>
}

export interface Ended {
  /** It was asked to. */
  readonly expected: boolean
  readonly detail: string
  /** It broke by itself, or was aborted for what it answered; not so when it was stopped or killed from outside. */
  readonly crashed: boolean
}

/** What a link calls. */
export interface LinkEvents {
  onBody(body: Uint8Array): void
}

export type OpenLink = (events: LinkEvents) => Link
