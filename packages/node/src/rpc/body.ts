import type { IncomingMessage } from "node:http"

/** tooLarge: beyond its bound. noRoom: all bodies together, or this caller's, hold as much as they may. */
export type BodyProblem = "tooLarge" | "noRoom"
export type Body = { readonly release: () => void } & (
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: BodyProblem }
)

/**
 * A request's body. Room is taken for what has come, not for what a header promises, and given back by `release`. Bytes that are no
 * UTF-8 become what no JSON text contains, so the parser refuses them.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  take: (bytes: number) => (() => void) | undefined,
): Promise<Body> {
  const releases: (() => void)[] = []
  const release = () => {
    for (const give of releases.splice(0)) give()
  }
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return { problem: "tooLarge", release }
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length
      if (size > maxBytes) return { problem: "tooLarge", release }
      const give = take(part.length)
      if (give === undefined) return { problem: "noRoom", release }
      releases.push(give)
      parts.push(part)
    }
  } catch (error) {
    release()
    throw error
  }
  return { text: Buffer.concat(parts).toString("utf8"), release }
}
