import type { Abi, BytesLike, FunctionArgs, FunctionName, FunctionResult } from "@enigma-discovery/client"
import type { Hex, ReceiptStatusName } from "@enigma-discovery/protocol"
import type { CompiledContract } from "../compile.ts"
import type { SimulatedState } from "./simulated-state.ts"

/** Code to simulate, and what is known of it: of `compileContract`, or of another compiler. */
export type SimulatedCode = Omit<CompiledContract, "codeText" | "sourceMap"> & {
  /** What explains traps; without it they are told by function number and byte. */
  readonly sourceMap?: string | undefined
}

/** What came with a task. */
export type SimulatedPayment = {
  /** An ERC-20's address; without it ETH. */
  readonly token?: string
  /** In the token's smallest unit. */
  readonly amount: bigint
}

/** What a task is sent with. */
export type TaskTerms = {
  readonly value?: SimulatedPayment
  /** Default 100,000,000. */
  readonly gasLimit?: bigint
  /** Ethereum gas for all callbacks of the task together; 0: it may make none. Default 1,000,000. */
  readonly callbackGas?: bigint
}

/** A call of an Ethereum contract that a task made. */
export type SimulatedCallback = {
  readonly target: Hex
  /** Calldata. */
  readonly data: Hex
  /** Name of the `@ethereum` class and of its method; undefined for a call that no class declares. */
  readonly contract: string | undefined
  readonly method: string | undefined
  readonly args: readonly unknown[]
}

export type SimulatedEvent = {
  /** Undefined for what `emit(bytes)` added. */
  readonly name: string | undefined
  /** Arguments by name. */
  readonly args: Readonly<Record<string, unknown>>
  readonly data: Hex
}

/** What everyone sees of a task, whoever it belongs to. Two runs that differ here tell their secrets apart. */
export type PublicTrace = {
  readonly status: ReceiptStatusName
  /** Gas as it is charged, in classes of a factor of two. */
  readonly gasClass: bigint
  /** Sizes of the padded output and delta, before they are sealed. */
  readonly outputBytes: number
  readonly deltaBytes: number
  readonly callbacks: readonly { readonly target: Hex; readonly data: Hex }[]
  /** Public state entries that changed: key and new value, undefined when it was removed. */
  readonly publicEntries: readonly { readonly key: Hex; readonly value: Hex | undefined }[]
}

/** A task that succeeded, with all that became of it. */
export type SimulatedRun<Result = unknown> = {
  readonly result: Result
  readonly gasUsed: bigint
  readonly taskId: Hex
  readonly events: readonly SimulatedEvent[]
  readonly callbacks: readonly SimulatedCallback[]
  readonly public: PublicTrace
}

export type SimulateOptions = TaskTerms & {
  /** Arguments of the constructor. */
  readonly args?: readonly unknown[]
  /** Who deploys, and sends tasks until `connect`. Default `account("deployer")`. */
  readonly sender?: string
  /** Address of the contract. Default `account("contract")`. */
  readonly address?: string
  /** Block of the deployment. Default 1. */
  readonly blockNumber?: bigint
  /** Its time, in seconds since 1970. Default 1,800,000,000. */
  readonly timestampS?: bigint
  /** All randomness comes from it: the same seed and the same tasks give the same results. Default "simulate". */
  readonly seed?: string
  /** Plays the Ethereum side: told of each callback, in order; when it throws, the task has failed. */
  readonly onCallback?: (callback: SimulatedCallback) => void | Promise<void>
}

/** Methods of a contract as plain signatures: `{ add(a: bigint, b: bigint): bigint }`. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/** Methods by a literal ABI (`as const`). */
export type MethodsOf<A extends Abi> = {
  readonly [N in FunctionName<A>]: (...args: FunctionArgs<A, N>) => FunctionResult<A, N>
}

export type AbiValue = string | number | bigint | boolean | BytesLike | readonly AbiValue[]
/** Methods of a contract whose signatures were not given. */
export type AnyMethods = Readonly<Record<string, (...args: AbiValue[]) => unknown>>

type Asynchronous<M> = {
  readonly [N in keyof M]: M[N] extends (...args: infer P) => infer R ? (...args: P) => Promise<Awaited<R>> : never
}
type ArgumentsOf<F> = F extends (...args: infer P) => unknown ? P : never
type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never

/** What every simulated contract has besides its own methods. */
export type SimulatedBase<M> = {
  readonly address: Hex
  /** Who sends. */
  readonly sender: Hex
  readonly compiled: SimulatedCode
  readonly state: SimulatedState
  /** The block in which the next task is recorded. */
  readonly block: { readonly number: bigint; readonly timestampS: bigint }
  /** The same contract, by another sender, or with a payment or other limits. */
  connect(sender: string, terms?: TaskTerms): Simulated<M>
  /** Private reads: what they write is dropped, they have no randomness and make no callbacks. */
  readonly query: Asynchronous<M>
  /** Runs a task and answers all that became of it. */
  run<N extends keyof M & string>(method: N, ...args: ArgumentsOf<M[N]>): Promise<SimulatedRun<ResultOf<M[N]>>>
  /** What everyone saw of the last task, also of one that failed. */
  readonly lastPublic: PublicTrace
  /** Lets blocks pass. @param secondsPerBlock default 12 */
  mine(blocks?: number, secondsPerBlock?: number): void
  /** Sets the block of the next task. */
  setBlock(block: { readonly number?: bigint; readonly timestampS?: bigint }): void
}

/** A contract that runs in this process. A method with the name of something in `SimulatedBase` is reached by `run`. */
export type Simulated<M> = SimulatedBase<M> & Omit<Asynchronous<M>, keyof SimulatedBase<M>>
