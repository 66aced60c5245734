/** What a test sees: `connection.enigma`, secret contracts and their calls. */
import type {
  Abi,
  Client,
  ConstructorArgs,
  FunctionArgs,
  FunctionName,
  FunctionResult,
  Payment,
  PriceParameters,
  TaskHandle,
  TaskOutcome,
  ViewName,
} from "@enigma-discovery/client"
import type { Faults, InProcessDevnet } from "@enigma-discovery/devnet/in-process"
import type { Hex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"

/**
 * ABIs of the project's secret contracts by name, as literal types. `hardhat build` generates the file that fills this in; before
 * the first build it is empty, and names and arguments are not checked.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by the generated types
export interface SecretContractAbis {}

type Built = keyof SecretContractAbis & string
/** Name of a secret contract. */
export type ContractName = [Built] extends [never] ? string : Built
/** The ABI of a contract by name. */
export type AbiOf<N extends string> = N extends keyof SecretContractAbis
  ? SecretContractAbis[N] extends infer A extends Abi
    ? A
    : Abi
  : Abi

/** What a call may be given after its arguments. */
export interface CallOverrides extends PriceParameters {
  /** Wei that the call brings the contract, if the function is payable. */
  readonly value?: bigint | undefined
  /** Tokens that the call brings the contract; Enigma must be allowed to take them. */
  readonly payment?: Payment | undefined
  /** Carries the inputs in the record's calldata, so that no gateway is needed. */
  readonly inline?: boolean | undefined
  /** "committed": resolves when the result's batch is on chain, not as soon as the worker's enclave signed it. */
  readonly finality?: "executed" | "committed" | undefined
  /** Milliseconds to wait for the result; virtual ones on the in-process network. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A call under way: a promise of the decrypted value, that also knows its task. */
export interface SecretCall<Result> extends Promise<Result> {
  /** The task, once its record is mined. */
  task(): Promise<TaskHandle<Result>>
  /** How it ended; does not throw for a task that failed. */
  outcome(): Promise<TaskOutcome<Result>>
}

export type SecretFunction<A extends Abi, F extends string> = (
  ...args: [...FunctionArgs<A, F>, overrides?: CallOverrides]
) => SecretCall<FunctionResult<A, F>>

export type SecretQuery<A extends Abi, F extends string> = (
  ...args: [...FunctionArgs<A, F>]
) => Promise<FunctionResult<A, F>>

type OwnName = keyof SecretContractBase<Abi>

/** What every secret contract has, whatever its functions are called. */
export interface SecretContractBase<A extends Abi> {
  readonly address: Hex
  readonly contractName: string
  readonly abi: A
  /** So that it can be an argument wherever ethers takes an address. */
  getAddress(): Promise<string>
  /** The same contract, called by somebody else. */
  connect(signer: Signer): SecretContract<A>
  /** A function by name, also one that is called as a member of this object is. */
  getFunction<F extends FunctionName<A>>(name: F): SecretFunction<A, F>
  /** Its views, read privately: free, on no chain, answered to the signer alone, after all that was written here before. */
  readonly query: { readonly [F in ViewName<A>]: SecretQuery<A, F> }
}

export type SecretContract<A extends Abi = Abi> = SecretContractBase<A> & {
  readonly [F in Exclude<FunctionName<A>, OwnName>]: SecretFunction<A, F>
}

export interface DeployOptions extends CallOverrides {
  /** Who deploys; the network's first signer when left out. */
  readonly signer?: Signer | undefined
  /** 32 bytes, 0x-hex. Left out: the lowest number under which this deployer has not deployed this code yet. */
  readonly salt?: Hex | undefined
}

/** A contract's variables by name: a value, a Map of a mapping's entries (of Maps, with two keys), an array of a list's. */
export type DecodedState = Readonly<Record<string, unknown>>

/** In-process network only. */
export interface Debug {
  /** A contract's state, decrypted and decoded, as the enclave of its worker holds it. What was never written is left out. */
  state(contract: SecretContractBase<Abi>): Promise<DecodedState>
  /** The same as it is kept: value by key, in key order. */
  rawState(contract: string | { readonly address: string }): Promise<ReadonlyMap<Hex, Hex>>
  /**
   * Runs a call of the contract and writes its replay bundle to a file, for `hardhat enigma:debug`. The call may fail. The bundle
   * holds inputs and state in clear.
   */
  capture(contract: SecretContractBase<Abi>, run: () => unknown, file: string): Promise<void>
}

/** Enigma on a network connection. Nothing is started or asked before its first use. */
export interface Enigma {
  /** True on the in-process network: time is virtual, faults can be made, states can be read. */
  readonly isMock: boolean
  /** Starts the in-process network now; on a real network, checks that it is there. Idempotent. */
  start(): Promise<void>
  /** Deploys a secret contract and waits until its constructor has run. */
  deploy<N extends ContractName>(
    name: N,
    args?: ConstructorArgs<AbiOf<N>>,
    options?: DeployOptions,
  ): Promise<SecretContract<AbiOf<N>>>
  /** The address that `deploy` with the same options would give, for Solidity that must know it first. */
  predictAddress(name: ContractName, options?: Pick<DeployOptions, "signer" | "salt">): Promise<Hex>
  /** A contract that is there already. */
  getContractAt<N extends ContractName>(name: N, address: string, signer?: Signer): Promise<SecretContract<AbiOf<N>>>
  /**
   * As Hardhat's `networkHelpers.loadFixture`; on a real network, which can't go back, the fixture runs anew each time. So a test
   * file runs on both.
   */
  loadFixture<T>(fixture: () => Promise<T>): Promise<T>
  /** The client library for a signer, for what is not offered here. On the in-process network it has credit. */
  client(signer?: Signer): Promise<Client>
  /** Enigma's address. */
  enigmaAddress(): Promise<Hex>
  /** Lets the epoch end: batches are committed, the next epoch opens. In-process network only. */
  advanceEpoch(): Promise<{ readonly epoch: number }>
  /** Mines empty blocks. In-process network only. */
  mine(blocks?: number): Promise<void>
  /** Until every node is idle. In-process network only. */
  settle(): Promise<void>
  /** Crashes, partitions, re-orgs and lies, on demand. @throws HARDHAT_NOT_STARTED, HARDHAT_MOCK_ONLY */
  readonly faults: Faults
  readonly debug: Debug
  /** The in-process network itself. @throws HARDHAT_NOT_STARTED, HARDHAT_MOCK_ONLY */
  readonly devnet: InProcessDevnet
}
