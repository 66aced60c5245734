/** Deepest nesting of a body: a batch, a request, its parameters, and room for what may come. */
export const MAX_JSON_DEPTH = 8

/**
 * Whether a text nests no deeper than `max`, told without parsing it: a few megabytes of brackets would become millions of objects.
 * Strings are skipped, so brackets in them do not count; what is no JSON is left for the parser to refuse.
 */
export function isShallow(text: string, max = MAX_JSON_DEPTH): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      i = endOfString(text, i)
      if (i < 0) return true
    } else if (c === 0x5b || c === 0x7b) {
      if (++depth > max) return false
    } else if (c === 0x5d || c === 0x7d) depth--
  }
  return true
}

/** Index of the quote that closes the string opened at `from`; -1 when none does. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return at
  }
  return -1
}
