// What went wrong, for people: an expected error is its sentence, any other its stack.
import { EnigmaError } from "@enigma-discovery/protocol"

export function explain(error: unknown): string {
  const lines: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const text = at instanceof EnigmaError ? at.message : (at.stack ?? at.message)
    if (!lines.some((line) => line.includes(text))) lines.push(text)
  }
  return lines.length > 0 ? lines.join("\nbecause: ") : String(error)
}
