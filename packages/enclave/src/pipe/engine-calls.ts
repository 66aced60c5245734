import {
  address,
  bool,
  bytes,
  type Decoded,
  hash,
  list,
  MAX_CALLBACK_DATA_BYTES,
  MAX_CALLBACKS,
  MAX_CODE_BYTES,
  MAX_ERROR_TEXT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENTS,
  MAX_KEY_BYTES,
  MAX_RETURN_BYTES,
  MAX_VALUE_BYTES,
  oneOf,
  option,
  struct,
  text,
  u64,
  u128,
  union,
} from "@enigma-discovery/protocol"
import { ENGINE_RUN_CALLS, MAX_STATE_ENTRIES_PER_FRAME } from "../constants.ts"
import type { Call } from "./calls.ts"

/** Between the worker's core and an engine of its own, one contract each: what crosses is the contract's plaintext. */
const entry = struct("entry", {
  key: bytes(MAX_KEY_BYTES, "key"),
  value: option(bytes(MAX_VALUE_BYTES, "value")),
  isPublic: bool,
})
export const EntriesCodec = list(entry, MAX_STATE_ENTRIES_PER_FRAME, "entries")
export type WireEntry = Decoded<typeof entry>

export const CALL_KINDS = ["construct", "call", "query"] as const

const outcome = union("outcome", {
  success: {
    kind: 0,
    body: struct("success", {
      returnData: bytes(MAX_RETURN_BYTES, "return data"),
      gasUsed: u64,
      callbacks: list(
        struct("callback", { target: address, data: bytes(MAX_CALLBACK_DATA_BYTES, "callback data") }),
        MAX_CALLBACKS,
      ),
      events: list(bytes(MAX_EVENT_BYTES, "event"), MAX_EVENTS),
      changes: EntriesCodec,
    }),
  },
  reverted: { kind: 1, body: struct("reverted", { message: text(MAX_ERROR_TEXT_BYTES), gasUsed: u64 }) },
  outOfGas: { kind: 2, body: struct("out of gas", { gasUsed: u64 }) },
  trap: {
    kind: 3,
    body: struct("trap", { trap: text(64), detail: text(MAX_ERROR_TEXT_BYTES), gasUsed: u64 }),
  },
  refused: { kind: 4, body: struct("refused", { code: text(128) }) },
  fault: { kind: 5, body: struct("fault", {}) },
})
export type WireOutcome = Decoded<typeof outcome>

const engineCall = struct("call", {
  contract: address,
  sender: address,
  taskId: hash,
  blockNumber: u64,
  timestamp: u64,
  token: address,
  amount: u128,
  calldata: bytes(262_144, "calldata"),
  kind: oneOf("call kind", [0, 1, 2]),
  gasLimit: u64,
  randomSeed: hash,
})

const nothing = struct("nothing", {})
const SHORT_MS = 30_000
/** The highest gas limit is about a quarter of an hour. */
const RUN_MS = 1_100_000

const call = <Q, A>(id: number, request: Call<Q, A>["request"], answer: Call<Q, A>["answer"], timeoutMs: number) => ({
  id,
  request,
  answer,
  timeoutMs,
})

export const ENGINE_CALLS = {
  /** First: the code this engine is for. */
  load: call(1, struct("load", { codeHash: hash, code: bytes(MAX_CODE_BYTES, "code") }), nothing, SHORT_MS),
  /** Brings the copy of the state up to date; the first portion of a whole one resets it. */
  sync: call(2, struct("sync", { reset: bool, entries: EntriesCodec }), nothing, SHORT_MS),
  /** Calls one after the other, each on what the ones before it left; afterwards the copy is as it was told to be. */
  run: call(
    3,
    struct("run", { entries: EntriesCodec, calls: list(engineCall, ENGINE_RUN_CALLS) }),
    struct("outcomes", { outcomes: list(outcome, ENGINE_RUN_CALLS) }),
    RUN_MS,
  ),
} as const
