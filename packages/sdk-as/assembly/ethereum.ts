import { abi, Bytes } from "./abi"
import * as host from "./host"
import { Address } from "./word"

/** Calls of Ethereum contracts, made from this contract's address when the task is committed. */
export namespace ethereum {
  /**
   * Adds a call; all calls of a task keep their order and stand or fall together. When they fail, so does the task: its
   * changes are undone. @param data selector and arguments
   */
  export function call(target: Address, data: Bytes): void {
    host.ethereum_call(changetype<usize>(target), changetype<usize>(data), <u32>data.length)
  }
}

/**
 * Base of Solidity contracts declared with `@ethereum`, whose methods the compiler fills in:
 *
 *     @ethereum
 *     class RichestRegistry extends EthereumContract {
 *       announce(who: Address): void {}
 *     }
 *     new RichestRegistry(address).announce(richest)
 */
export class EthereumContract {
  constructor(readonly address: Address) {}

  send(data: abi.Writer): void {
    ethereum.call(this.address, data.bytes)
  }
}
