import type { CallOutcome, TrapKind } from "@enigma-discovery/runtime-wasm"
import { ENGINE_SYNC_BYTES, MAX_STATE_BYTES, MAX_STATE_ENTRIES_PER_FRAME } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import { Caller } from "../pipe/caller.ts"
import { CALL_KINDS, ENGINE_CALLS, type WireEntry, type WireOutcome } from "../pipe/engine-calls.ts"
import type { Ended, Link, OpenLink } from "../pipe/link.ts"
import type { EngineCall, EngineResult } from "./engine.ts"
import { byKey, type ChangedEntry, keyText, type StateChange, type StateEntry, type StateMap } from "./state-map.ts"

/** The core's end of one engine process. What it answers is checked like any other input: it has run foreign code. */
export class ContractEngine {
  readonly codeHash: Uint8Array
  readonly state: StateMap
  readonly #link: Link
  readonly #caller: Caller<typeof ENGINE_CALLS>
  /** Entries that changed since the process was told of the state, by key; undefined: it has nothing yet. */
  #pending: Map<string, ChangedEntry> | undefined
  #ended: Ended | undefined

  constructor(open: OpenLink, codeHash: Uint8Array, state: StateMap) {
    this.codeHash = codeHash
    this.state = state
    this.#link = open({ onBody: (body) => this.#caller.receive(body) })
    this.#caller = new Caller(
      ENGINE_CALLS,
      (body) => this.#link.send(body),
      (why) => this.#link.abort(why),
    )
    void this.#link.ended.then((ended) => {
      this.#ended = ended
      this.#caller.end(ended.detail)
    })
    state.observe((entries) => {
      for (const entry of entries) this.#pending?.set(keyText(entry.key), entry)
    })
  }

  get isOpen(): boolean {
    return this.#ended === undefined
  }

  /** @throws what the pipe throws when the process is no more, or answers nonsense */
  async run(calls: readonly EngineCall[]): Promise<readonly EngineResult[]> {
    if (this.#pending === undefined || this.#pending.size > MAX_STATE_ENTRIES_PER_FRAME)
      await this.#fill(calls[0]!.code)
    const entries = [...(this.#pending ?? new Map<string, ChangedEntry>()).values()].map(wireEntry)
    this.#pending = new Map()
    const { outcomes } = await this.#caller.call("run", { entries, calls: calls.map(wireCall) })
    if (outcomes.length === 0 || outcomes.length > calls.length) throw malformed("outcomes")
    const ahead: Ahead = { entries: new Map(), sizeBytes: this.state.sizeBytes }
    return outcomes.map((outcome, i) => this.#resultOf(outcome, calls[i]!.gasLimit, ahead))
  }

  /** Ends the process. @returns how it had ended */
  async stop(): Promise<Ended> {
    const known = this.#ended
    if (known === undefined) await this.#link.stop()
    return known ?? (await this.#link.ended)
  }

  /** Code and state for a fresh process, in portions that fit a frame. */
  async #fill(code: Uint8Array): Promise<void> {
    await this.#caller.call("load", { codeHash: this.codeHash, code })
    let reset = true
    for (const entries of portions(this.state.entries())) {
      await this.#caller.call("sync", { reset, entries })
      reset = false
    }
    this.#pending = new Map()
  }

  #resultOf({ type, body }: WireOutcome, gasLimit: bigint, ahead: Ahead): EngineResult {
    if (type === "fault") return { kind: "fault" }
    if (type === "refused") return { kind: "refused", code: body.code }
    if (body.gasUsed > gasLimit) throw malformed("more gas than there was")
    const changes = type === "success" ? this.#changesOf(body.changes, ahead) : []
    return { kind: "outcome", outcome: outcomeOf({ type, body } as CallAnswer), changes }
  }

  #changesOf(entries: readonly WireEntry[], ahead: Ahead): readonly StateChange[] {
    const byText = new Map<string, StateChange>()
    for (const { key, value, isPublic } of entries) {
      const text = keyText(key)
      const before = ahead.entries.has(text) ? ahead.entries.get(text) : this.state.get(text)
      const after: StateEntry | undefined = value === undefined ? undefined : { key, value, isPublic }
      byText.set(text, { key, before, after })
      ahead.sizeBytes += (value?.length ?? 0) + key.length
    }
    const good = byText.size === entries.length && entries.every(({ key }) => key.length > 0)
    if (!good || ahead.sizeBytes > 2 * MAX_STATE_BYTES) throw malformed("changes")
    for (const [text, { after }] of byText) ahead.entries.set(text, after)
    return [...byText.values()].sort(byKey)
  }
}

/** What the outcomes read so far change, beyond the state here, on which the next of them stands. */
interface Ahead {
  readonly entries: Map<string, StateEntry | undefined>
  sizeBytes: number
}

const malformed = (why: string) => enclaveErrors.make("FRAME_MALFORMED", { why })

type CallAnswer = Exclude<WireOutcome, { readonly type: "fault" | "refused" }>

function outcomeOf({ type, body }: CallAnswer): CallOutcome {
  const debug: readonly string[] = []
  const { gasUsed } = body
  switch (type) {
    case "reverted":
      return { kind: "reverted", message: body.message, gasUsed, debug }
    case "outOfGas":
      return { kind: "out-of-gas", gasUsed, debug }
    case "trap":
      // Shown to the task's sender and nowhere compared.
      return { kind: "trap", trap: body.trap as TrapKind, detail: body.detail, gasUsed, debug }
    case "success": {
      const { returnData, callbacks, events } = body
      return { kind: "success", returnData, gasUsed, callbacks, events, debug }
    }
  }
}

const wireCall = ({ context, gasLimit, randomSeed }: EngineCall) => ({
  ...context,
  kind: CALL_KINDS.indexOf(context.kind) as 0 | 1 | 2,
  gasLimit,
  randomSeed,
})

const wireEntry = ({ key, entry }: ChangedEntry): WireEntry => ({
  key,
  value: entry?.value,
  isPublic: entry?.isPublic ?? false,
})

function* portions(entries: readonly StateEntry[]): Generator<readonly WireEntry[]> {
  let portion: WireEntry[] = []
  let sizeBytes = 0
  for (const entry of entries) {
    portion.push(entry)
    sizeBytes += entry.key.length + entry.value.length + 16
    if (sizeBytes > ENGINE_SYNC_BYTES) {
      yield portion
      portion = []
      sizeBytes = 0
    }
  }
  yield portion
}
