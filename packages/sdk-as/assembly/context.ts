import * as host from "./host"
import { u256 } from "./u256"
import { Address, Hash } from "./word"

/** The task that is running. */
export namespace task {
  /** Who recorded it; in a query, who asks. */
  export function sender(): Address {
    const out = new Address()
    host.sender(changetype<usize>(out))
    return out
  }
  /** Its id: its link in the contract's queue. */
  export function id(): Hash {
    const out = new Hash()
    host.task_id(changetype<usize>(out))
    return out
  }
  /** Token sent with it: an ERC-20's address, or zero for ETH. */
  export function token(): Address {
    const out = new Address()
    host.value_token(changetype<usize>(out))
    return out
  }
  /** Amount sent with it, in the token's smallest unit. */
  export function amount(): u256 {
    const word = heap.alloc(32)
    host.value_amount(word)
    return u256.loadWord(word)
  }
}

/** This contract. */
export namespace self {
  /** The address its callbacks come from. */
  export function address(): Address {
    const out = new Address()
    host.contract_address(changetype<usize>(out))
    return out
  }
}

/** The block of the task's record: the same whenever the task is executed. */
export namespace block {
  // @ts-ignore: decorator
  @inline
  export function number(): u64 {
    return host.block_number()
  }
  /** Seconds since 1970. */
  // @ts-ignore: decorator
  @inline
  export function timestamp(): u64 {
    return host.block_timestamp()
  }
}
