// A reporter for node:test that records each test as a line of JSON, so that tests can be counted even if the file dies.
import type { TestEvent } from "node:test/reporters"
import { END_OF_RECORD, type TestRecord } from "./counts.ts"

export default async function* record(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue
    const { name, details, skip, todo } = event.data
    if (event.type === "test:pass" && details.type === "suite") continue
    if (event.type === "test:fail" && failureOf(event.data.details.error) === "subtestsFailed") continue // counted by themselves
    const outcome = skip || todo ? "skipped" : event.type === "test:fail" ? "failed" : "passed"
    const line: TestRecord = { name, outcome, durationMs: details.duration_ms }
    yield `${JSON.stringify(line)}\n`
  }
  yield END_OF_RECORD
}

const failureOf = (error: Error) => (error as { failureType?: string }).failureType
