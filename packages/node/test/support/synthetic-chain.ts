/** A chain made by hand: blocks of Enigma's logs, as a follower would hand them over. */
import {
  type ChainLog,
  type Cursor,
  enigmaInterface,
  type FollowUpdate,
  withBlock,
} from "@enigma-discovery/chain/follow"
import { keccak256 } from "@enigma-discovery/crypto"
import { encode, fromHex, packTerms, type TaskTerms, toHex, u32, words } from "@enigma-discovery/protocol"

export const DOMAIN = { chainId: 31_337n, enigma: new Uint8Array(20).fill(0xe1) }
export const bytes32 = (n: number): Uint8Array => words(n)
export const addressOf = (n: number): Uint8Array => new Uint8Array(20).fill(n)

export interface Event {
  readonly name: string
  readonly args: readonly unknown[]
}

const TERMS: TaskTerms = {
  gasLimit: 50_000n,
  gasPriceGrains: 2n,
  callbackGas: 0n,
  callbackPriceGrains: 0n,
  flags: 0,
  lockedGrains: 110_000n,
  index: 0,
}
export const recorded = (contract: Uint8Array, index: number, inputsHash = bytes32(index + 1_000)): Event => ({
  name: "TaskRecorded",
  args: [toHex(contract), toHex(addressOf(0xa1)), inputsHash, packTerms({ ...TERMS, index })],
})
export const deployed = (contract: Uint8Array, codeHash = bytes32(7)): Event => ({
  name: "DeploymentRecorded",
  args: [toHex(contract), toHex(addressOf(0xa1)), codeHash, bytes32(8)],
})
export const committed = (
  contract: Uint8Array,
  fromIndex: number,
  toIndex: number,
  { root = bytes32(50), head = bytes32(60), callbacksFailed = false, workerId = 1 } = {},
): Event => ({
  name: "BatchCommitted",
  args: [
    toHex(contract),
    root,
    head,
    BigInt(fromIndex) | (BigInt(toIndex) << 32n) | (BigInt(workerId) << 64n) | ((callbacksFailed ? 1n : 0n) << 88n),
  ],
})
export const opened = (epoch: number, start: number): Event => ({
  name: "EpochOpened",
  args: [epoch, bytes32(epoch), start, toHex(addressOf(0xa2)), 0n],
})

/** Blocks by number; the same number and branch give the same hash. */
export function syntheticChain() {
  let cursor: Cursor = []
  const hashOf = (number: number, branch: number) => keccak256(words(number, branch))
  function block(number: number, events: readonly Event[], branch = 0): FollowUpdate {
    const hash = hashOf(number, branch)
    const logs = events.map(({ name, args }, logIndex): ChainLog => {
      const { topics, data } = enigmaInterface.encodeEventLog(name, [...args])
      return {
        address: DOMAIN.enigma,
        topics: topics.map((topic) => fromHex(topic)),
        data: fromHex(data),
        blockNumber: number,
        blockHash: hash,
        transactionHash: keccak256(encode(u32, number * 100 + logIndex)),
        logIndex,
      }
    })
    cursor = withBlock(cursor, { number, hash })
    const head = { number, hash } as never
    return { type: "blocks", blocks: [{ number, hash, timestampS: 1_000 + number, logs }], head, cursor }
  }
  function rollback(to: number): FollowUpdate {
    cursor = cursor.filter((entry) => entry.number <= to)
    return { type: "rollback", to: cursor.at(-1), cursor }
  }
  return { block, rollback }
}
