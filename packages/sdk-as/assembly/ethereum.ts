import { abi, Bytes } from "./abi"
import * as host from "./host"
import { Address } from "./word"

/** Calls of Ethereum contracts, made from this contract's address when the task is committed. */
export namespace ethereum {
  /**
   * Adds a call; all calls of a task keep their order and stand or fall together. When they fail, so does the task: its
   * changes are undone. @param data selector and arguments, see `Calldata`
   */
  export function call(target: Address, data: Bytes): void {
    host.ethereum_call(changetype<usize>(target), changetype<usize>(data), <u32>data.length)
  }
}

/**
 * Base of contracts declared with `@ethereum`, whose methods the compiler fills in:
 *
 *     @ethereum
 *     class RichestRegistry extends EthereumContract {
 *       announce(who: Address): void {}
 *     }
 *     new RichestRegistry(address).announce(richest)
 */
export class EthereumContract {
  constructor(readonly address: Address) {}

  /** For generated methods: calldata that starts with a selector. */
  static start(selector: u32, headSize: usize, tailSize: usize): abi.Writer {
    const writer = new abi.Writer(headSize, tailSize, 4)
    store<u32>(changetype<usize>(writer.bytes), bswap(selector))
    return writer
  }
  static tail<T>(value: T): usize {
    return abi.tailSize<T>(value)
  }
  send(data: abi.Writer): void {
    ethereum.call(this.address, data.bytes)
  }
}
