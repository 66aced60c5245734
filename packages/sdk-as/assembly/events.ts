import { Bytes } from "./abi"
import * as host from "./host"

/** Adds an event to the output of the task; only the caller can read it. At most 64 events of 4,096 bytes. */
export function emit(data: Bytes): void {
  host.emit_event(changetype<usize>(data), <u32>data.length)
}
