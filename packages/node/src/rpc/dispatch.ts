/** JSON-RPC 2.0, apart from any socket: a text in, a text out (https://www.jsonrpc.org/specification). */
import { randomUUID } from "node:crypto"
import { GATEWAY_ERROR, MAX_GATEWAY_BATCH, MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import type { z } from "zod"
import { errorFields, type LogFields, type Logger } from "../log.ts"
import { isShallow, MAX_JSON_DEPTH } from "./json-depth.ts"

/** What a method throws to answer with an error of its own. The message goes to the caller: no paths, keys or peers in it. */
export class RpcError extends Error {
  readonly code: number
  readonly data: Readonly<Record<string, string | number>> | undefined
  constructor(kind: keyof typeof GATEWAY_ERROR, message: string, data?: Readonly<Record<string, string | number>>) {
    super(message)
    this.code = GATEWAY_ERROR[kind]
    this.data = data
  }
}

export interface Method<P = unknown> {
  readonly params: z.ZodType<P>
  /** Units of the caller's budget. */
  readonly cost: number
  readonly handle: (params: P, signal: AbortSignal) => Promise<unknown>
}
export type Methods = ReadonlyMap<string, Method>

/** Keeps a method's parameter type between its schema and its handler. */
export const method = <P>(params: z.ZodType<P>, cost: number, handle: Method<P>["handle"]): Method =>
  ({ params, cost, handle }) as Method

export interface DispatchOptions {
  readonly methods: Methods
  readonly log: Logger
  /** Takes units of the caller's budget; false when there are not enough. */
  readonly spend: (units: number) => boolean
  readonly onCall?: (name: string, outcome: "ok" | "error") => void
  readonly signal: AbortSignal
}

type Id = string | number | null
type Answer = { jsonrpc: "2.0"; id: Id } & (
  | { result: unknown }
  | { error: { code: number; message: string; data?: unknown } }
)

const failure = (id: Id, code: number, message: string, data?: unknown): Answer => ({
  jsonrpc: "2.0",
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
})

/** For a body that is not looked at. */
export const tooLargeAnswer: string = JSON.stringify(
  failure(null, GATEWAY_ERROR.limit, `A body has at most ${MAX_GATEWAY_BODY_BYTES} bytes.`),
)
export const busyAnswer: string = JSON.stringify(
  failure(null, GATEWAY_ERROR.limit, "Too much at once; wait for answers first."),
)
const OVERSPENT = "Too many requests; try again later."

/** Units that a body costs by its size alone, in characters: parsing is work as well. */
const CHARACTERS_PER_UNIT = 65_536
/** A request that no method answers. */
const REFUSAL_COST = 1

/** The answer's text; undefined when there is nothing to answer (notifications only). */
export async function dispatch(text: string, options: DispatchOptions): Promise<string | undefined> {
  const refuse = (code: number, message: string) =>
    JSON.stringify(options.spend(REFUSAL_COST) ? failure(null, code, message) : overspent(null))
  const sizeCost = Math.floor(text.length / CHARACTERS_PER_UNIT)
  if (sizeCost > 0 && !options.spend(sizeCost)) return JSON.stringify(overspent(null))
  if (!isShallow(text)) return refuse(GATEWAY_ERROR.invalidRequest, `JSON nests at most ${MAX_JSON_DEPTH} deep here.`)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse(GATEWAY_ERROR.parse, "The body is not JSON.")
  }
  if (!Array.isArray(body)) {
    const answer = await call(body, options)
    return answer === undefined ? undefined : JSON.stringify(answer)
  }
  if (body.length === 0 || body.length > MAX_GATEWAY_BATCH)
    return refuse(GATEWAY_ERROR.invalidRequest, `A batch has from 1 to ${MAX_GATEWAY_BATCH} requests.`)
  const answers: Answer[] = []
  for (const entry of body) {
    const answer = await call(entry, options)
    if (answer !== undefined) answers.push(answer)
  }
  return answers.length === 0 ? undefined : JSON.stringify(answers)
}

const overspent = (id: Id): Answer => failure(id, GATEWAY_ERROR.limit, OVERSPENT)

async function call(request: unknown, options: DispatchOptions): Promise<Answer | undefined> {
  const shape = requestOf(request)
  if (shape === undefined)
    return options.spend(REFUSAL_COST)
      ? failure(null, GATEWAY_ERROR.invalidRequest, "This is no JSON-RPC 2.0 request.")
      : overspent(null)
  const answer = await answerTo(shape, options)
  return shape.isNotification ? undefined : answer
}

interface RequestShape {
  readonly id: Id
  readonly isNotification: boolean
  readonly method: string
  readonly params: unknown
}

function requestOf(value: unknown): RequestShape | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const { jsonrpc, id, method, params = [] } = value as Record<string, unknown>
  const isId = id === undefined || id === null || typeof id === "number" || (typeof id === "string" && id.length <= 256)
  if (jsonrpc !== "2.0" || typeof method !== "string" || !isId) return undefined
  return { id: (id ?? null) as Id, isNotification: id === undefined, method, params }
}

async function answerTo({ id, method, params }: RequestShape, options: DispatchOptions): Promise<Answer> {
  const found = options.methods.get(method)
  // Before anything is looked at: refusals cost as well, and a schema is work.
  if (!options.spend(found?.cost ?? REFUSAL_COST)) return overspent(id)
  if (found === undefined) return failure(id, GATEWAY_ERROR.methodNotFound, "There is no such method.")
  const checked = found.params.safeParse(params)
  if (!checked.success) {
    const issues = checked.error.issues
      .slice(0, 4)
      .map((issue) => `${issue.path.join(".") || "params"}: ${issue.message}`)
    return failure(id, GATEWAY_ERROR.invalidParams, `The parameters are not valid: ${issues.join("; ")}`)
  }
  try {
    const result = await unlessAborted(found.handle(checked.data, options.signal), options.signal)
    options.onCall?.(method, "ok")
    return { jsonrpc: "2.0", id, result: result ?? null }
  } catch (error) {
    options.onCall?.(method, "error")
    if (error instanceof RpcError) return failure(id, error.code, error.message, error.data)
    if (options.signal.aborted) return failure(id, GATEWAY_ERROR.unavailable, "This took too long; try again.")
    const reference = randomUUID()
    options.log.error("gateway method failed", { method, reference, ...faultFields(error) })
    return failure(id, GATEWAY_ERROR.internal, "The node failed; its operator finds the cause under this reference.", {
      reference,
    })
  }
}

/** A handler that does not heed its signal must not hold an answer up for ever. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
    work.catch(() => {}) // it may still fail when nobody waits for it any more
  }
}

/** Frames of a stack that are logged. */
const MAX_FRAMES = 4

/** What is logged of a fault: its codes and where it was thrown. Never its text, which may quote what the caller sent. */
function faultFields(error: unknown): LogFields {
  const { errors } = errorFields(error)
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line))
  return { errors, at: frames.slice(0, MAX_FRAMES).map((frame) => frame.trim()) }
}
