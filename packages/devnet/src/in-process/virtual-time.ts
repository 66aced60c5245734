/**
 * Time that jumps: to the next moment somebody sleeps for, as soon as nothing else is to be done, and only while somebody waits.
 * So a test never sleeps, and a network that nobody asks anything uses no processor.
 */
import type { Clock } from "@enigma-discovery/node"

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** Sleepers wake on this grid, so that those who look at the chain at the same pace look at the same moment. Milliseconds. */
const GRID_MS = 10
/** Turns of the event loop without any sign of work that make a quiet round. */
const IDLE_TURNS = 4
/**
 * Quiet rounds in a row after which the network counts as idle; timers that are due at once go off between them. libp2p hands on
 * what was read ahead of a stream's user by `setTimeout(0)`, which is a whole millisecond: many empty turns pass meanwhile.
 */
const IDLE_ROUNDS = 2
/** Jumps in a row that changed nothing, after which nothing more will happen by itself. */
const SETTLED_JUMPS = 3

export interface VirtualTimeOptions {
  readonly startMs: number
  /** Changes whenever somebody did something that nobody is waited for. */
  readonly activity: () => number
  /** Changes whenever the network got anywhere: something was stored, sent or mined. */
  readonly progress: () => number
}

/** Jumps without progress, while somebody waits, after which `whenStuck` is asked for help. */
const STUCK_JUMPS = 2

export class VirtualTime {
  readonly #options: VirtualTimeOptions
  readonly #sleepers = new Set<Sleeper>()
  #nowMs: number
  #inFlight = 0
  #started = 0
  #landed: PromiseWithResolvers<void> | undefined
  #waiting = 0
  #moving = false
  /** Called when somebody waits and nothing gets anywhere; a chain may mine a block. */
  whenStuck: (() => Promise<void>) | undefined

  constructor(options: VirtualTimeOptions) {
    this.#options = options
    this.#nowMs = options.startMs
  }

  now = (): number => this.#nowMs

  /** The chain's clock was seen ahead. */
  seen(unixMs: number): void {
    if (unixMs > this.#nowMs) this.#nowMs = unixMs
  }

  /** Back to an earlier moment, with everybody who sleeps. For networks that are set back. */
  setBack(unixMs: number): void {
    this.#nowMs = unixMs
  }

  /** For the network itself: its sleep does not make time pass. */
  readonly background: Clock = {
    now: () => this.#nowMs,
    sleep: (ms, signal) => this.#sleep(ms, signal),
  }

  /** For those the network serves: while they sleep, time passes. */
  readonly foreground: Clock = {
    now: () => this.#nowMs,
    sleep: (ms, signal) => this.during(this.#sleep(ms, signal)),
  }

  /** Time passes until `work` has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#waiting++
    void this.#move()
    try {
      return await work
    } finally {
      this.#waiting--
    }
  }

  /** Work that has to end before time may jump: a request to the chain, a call into an enclave. */
  async busy<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight++
    this.#started++
    try {
      return await work()
    } finally {
      this.#inFlight--
      if (this.#inFlight === 0) {
        this.#landed?.resolve()
        this.#landed = undefined
      }
    }
  }

  /** Until jumps change nothing any more. */
  async settle(): Promise<void> {
    const { progress } = this.#options
    for (let still = 0, before = progress(); still < SETTLED_JUMPS; ) {
      await this.#idle()
      this.#jump()
      await this.#idle()
      const now = progress()
      still = now === before ? still + 1 : 0
      before = now
    }
  }

  async #move(): Promise<void> {
    if (this.#moving) return
    this.#moving = true
    try {
      for (let still = 0, before = this.#options.progress(); ; ) {
        await this.#idle()
        if (this.#waiting === 0) return
        const now = this.#options.progress()
        still = now === before ? still + 1 : 0
        before = now
        if (still > STUCK_JUMPS && this.whenStuck !== undefined) {
          still = 0
          await this.whenStuck()
        }
        this.#jump()
      }
    } finally {
      this.#moving = false
    }
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const dueMs = Math.ceil((this.#nowMs + ms) / GRID_MS) * GRID_MS
      const onAbort = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener("abort", onAbort)
        resolve()
      }
      const sleeper: Sleeper = { dueMs, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener("abort", onAbort, { once: true })
    })
  }

  #jump(): void {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { dueMs } of this.#sleepers) nextMs = Math.min(nextMs, dueMs)
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#nowMs = Math.max(this.#nowMs, nextMs)
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.dueMs > this.#nowMs) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  /** Until nothing is in flight, and neither a few turns of the event loop nor the timers due in them brought anything new. */
  async #idle(): Promise<void> {
    for (let rounds = 0, before = this.#signs(); rounds < IDLE_ROUNDS; ) {
      await this.#quietTurns()
      const now = this.#signs()
      rounds = now === before ? rounds + 1 : 0
      before = now
      // Timers of one length fire in the order in which they were set: those set until now, before this one.
      if (rounds < IDLE_ROUNDS) await new Promise<void>((resolve) => setTimeout(resolve, 0))
    }
  }

  async #quietTurns(): Promise<void> {
    for (let quiet = 0, before = this.#signs(); quiet < IDLE_TURNS; ) {
      if (this.#inFlight > 0) {
        this.#landed ??= Promise.withResolvers()
        await this.#landed.promise
      }
      await new Promise<void>((resolve) => setImmediate(resolve))
      const now = this.#signs()
      quiet = this.#inFlight === 0 && now === before ? quiet + 1 : 0
      before = now
    }
  }

  #signs(): number {
    return this.#options.activity() + this.#started
  }
}
