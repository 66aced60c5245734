/** The state of the in-memory network's links: who reaches whom, how long it takes, and which nodes are held. */
import type { Clock, LinkConditions } from "@enigma-discovery/node"
import type { Gate } from "./gate.ts"

/** Names are those of addresses ("worker-1"). */
export class Links implements LinkConditions {
  clock: Clock | undefined
  readonly #slotOf: (host: string) => { readonly gate: Gate } | undefined
  #groups: readonly ReadonlySet<string>[] = []
  #delays: { readonly ms: number; readonly between: readonly [string, string] | undefined }[] = []

  constructor(slotOf: (host: string) => { readonly gate: Gate } | undefined) {
    this.#slotOf = slotOf
  }

  partition(groups: readonly (readonly string[])[]): void {
    this.#groups = groups.map((group) => new Set(group))
  }

  delay(ms: number, between: readonly [string, string] | undefined): void {
    this.#delays.push({ ms, between })
  }

  heal(): void {
    this.#groups = []
    this.#delays = []
  }

  reaches(from: string, to: string): boolean {
    return this.#groupOf(from) === this.#groupOf(to)
  }

  transit(from: string, to: string): Promise<void> | undefined {
    const delayMs = this.#delayOf(from, to)
    const held = [from, to].map(this.#slotOf).filter((slot) => slot?.gate.isFrozen === true)
    if (delayMs === 0 && held.length === 0) return undefined
    return this.#wait(delayMs, held)
  }

  async #wait(delayMs: number, held: readonly ({ readonly gate: Gate } | undefined)[]): Promise<void> {
    if (delayMs > 0) await this.clock?.sleep(delayMs)
    await Promise.all(held.map((slot) => slot?.gate.pass()))
  }

  #groupOf(name: string): number {
    return this.#groups.findIndex((group) => group.has(name))
  }

  #delayOf(from: string, to: string): number {
    let ms = 0
    for (const { ms: more, between } of this.#delays)
      if (between === undefined || (between.includes(from) && between.includes(to))) ms += more
    return ms
  }
}
