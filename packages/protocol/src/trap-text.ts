/**
 * Where a contract trapped, as the message of a sealed output tells it (PROTOCOL §6.3):
 *
 *   trap ": function " index ", byte " offset [" from " index ":" offset {" " index ":" offset}] [" in " name] [": " more]
 *
 * After "from" stand the calls that led there, the innermost first, at most MAX_TRAP_CALLERS. Name and `more` come from the
 * contract and may hold anything but ": " in the name, so the text reads back.
 */

/** Enough to get out of a library; V8 keeps ten frames, and the host's own come out of them. */
export const MAX_TRAP_CALLERS = 3

/** An instruction that calls. */
export type TrapCaller = { readonly functionIndex: number; readonly offsetBytes: number }

export type TrapPlace = {
  /** Index in the module, imports counted first. */
  readonly functionIndex: number
  /** Offset of the instruction in the contract's code, in bytes: what a source map counts in. */
  readonly offsetBytes: number
  /** Name of the function in the code's name section or exports; "" when it has none. */
  readonly functionName: string
  /** The calls that led there, the innermost first. */
  readonly callers: readonly TrapCaller[]
}

export type TrapText = {
  readonly trap: string
  readonly place: TrapPlace | undefined
  /** What the program said, or the host about a call it refused; "" for nothing. */
  readonly more: string
}

/** What stands behind the kind of the trap and its colon. */
export function trapDetail(place: TrapPlace | undefined, more: string): string {
  if (place === undefined) return more
  const name = place.functionName.replaceAll(": ", ":").replace(/:$/, "")
  const named = name === "" ? "" : ` in ${name}`
  const calls = place.callers.map(({ functionIndex, offsetBytes }) => ` ${functionIndex}:${offsetBytes}`).join("")
  const from = calls === "" ? "" : ` from${calls}`
  return `function ${place.functionIndex}, byte ${place.offsetBytes}${from}${named}${more === "" ? "" : `: ${more}`}`
}

const CALLS = `(?: from((?: \\d{1,9}:\\d{1,9}){1,${MAX_TRAP_CALLERS}}))?`
const PLACE = `function (\\d{1,9}), byte (\\d{1,9})${CALLS}(?: in (.*?))?(?:: (.*))?`
const TEXT = new RegExp(`^([a-z-]{1,64}): (?:${PLACE}|(.*))$`, "s")

/** Reads the message of a trapped output back; undefined for any other text. */
export function readTrapText(message: string): TrapText | undefined {
  const [, trap, index, offset, calls = "", name = "", more = "", bare = ""] = TEXT.exec(message) ?? []
  if (trap === undefined) return undefined
  if (index === undefined) return { trap, place: undefined, more: bare }
  const callers = [...calls.matchAll(/(\d+):(\d+)/g)].map(([, functionIndex, offsetBytes]) => ({
    functionIndex: Number(functionIndex),
    offsetBytes: Number(offsetBytes),
  }))
  const place = { functionIndex: Number(index), offsetBytes: Number(offset), functionName: name, callers }
  return { trap, place, more }
}
