import { abi } from "./abi"
import * as host from "./host"
import { revert } from "./revert"

/** What the generated entry of a contract uses; not for contracts themselves. */

let calldata: usize = 0
let calldataSize: u32 = 0

/** Loads the calldata and answers its selector; 0 with `lead` 0, for the constructor. */
export function begin(lead: u32): u32 {
  const size = host.calldata_size()
  if (<u32>size < lead) revert("no function given")
  calldataSize = size
  calldata = heap.alloc(size)
  host.calldata_read(calldata, 0, size)
  return lead == 0 ? 0 : bswap(load<u32>(calldata))
}

export function args(lead: u32): abi.Reader {
  return new abi.Reader(calldata + lead, calldataSize - lead)
}

export function respond<T>(value: T): void {
  const bytes = abi.encode<T>(value)
  host.return_data(changetype<usize>(bytes), <u32>bytes.length)
}

/** A function that is not payable must not be sent a value: it would be credited and never counted. */
export function refuseValue(): void {
  const word = heap.alloc(32)
  host.value_amount(word)
  if ((load<u64>(word) | load<u64>(word, 8) | load<u64>(word, 16) | load<u64>(word, 24)) != 0)
    revert("function is not payable")
}

export function unknownFunction(): void {
  revert("unknown function")
}
