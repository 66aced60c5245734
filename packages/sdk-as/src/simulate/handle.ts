import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { getAddress, isAddress } from "ethers"
import { sdkErrors } from "../errors.ts"
import { failureOf } from "./failures.ts"
import { SimulatedState } from "./simulated-state.ts"
import type { EndedCall, SimulatedCall, Simulator } from "./simulator.ts"
import type { PublicTrace, Simulated, SimulatedBase, SimulatedRun, TaskTerms } from "./types.ts"

const DEFAULT_GAS_LIMIT = 100_000_000n
const DEFAULT_CALLBACK_GAS = 1_000_000n
const SECONDS_PER_BLOCK = 12
const ETH = `0x${"0".repeat(40)}`

/** 20 bytes of an address. @throws SDK_AS_BAD_ADDRESS */
export function addressBytes(address: string): Uint8Array {
  if (!isAddress(address)) throw sdkErrors.make("BAD_ADDRESS", { address })
  return fromHex(getAddress(address).toLowerCase() as Hex)
}

/** A sender's hold on a simulated contract. */
export class Handle<M> {
  readonly #simulator: Simulator
  readonly #sender: Uint8Array
  readonly #terms: TaskTerms
  constructor(simulator: Simulator, sender: Uint8Array, terms: TaskTerms) {
    this.#simulator = simulator
    this.#sender = sender
    this.#terms = terms
  }

  async construct(args: readonly unknown[]): Promise<void> {
    await this.#run("construct", undefined, args)
  }

  /** The object users hold. Its own names win over methods of the same name. */
  simulated(): Simulated<M> {
    const methods = (kind: "call" | "query"): object =>
      Object.fromEntries(this.#simulator.interface.methods.map((name) => [name, this.#method(kind, name)]))
    return Object.create(null, {
      ...Object.getOwnPropertyDescriptors(methods("call")),
      ...Object.getOwnPropertyDescriptors(this.#base(methods("query") as SimulatedBase<M>["query"])),
    }) as Simulated<M>
  }

  #base(query: SimulatedBase<M>["query"]): SimulatedBase<M> {
    const simulator = this.#simulator
    return {
      address: getAddress(toHex(simulator.address)) as Hex,
      sender: getAddress(toHex(this.#sender)) as Hex,
      compiled: simulator.compiled,
      state: new SimulatedState(simulator.state, simulator.compiled.state),
      query,
      get block() {
        return simulator.block
      },
      get lastPublic(): PublicTrace {
        return simulator.lastTrace!
      },
      connect: (sender, terms = {}) => new Handle<M>(simulator, addressBytes(sender), terms).simulated(),
      run: async (method, ...args) => this.#told(await this.#run("call", method, args), method) as never,
      mine: (blocks = 1, secondsPerBlock = SECONDS_PER_BLOCK) => {
        const { number, timestampS } = simulator.block
        simulator.block = {
          number: number + BigInt(blocks),
          timestampS: timestampS + BigInt(blocks * secondsPerBlock),
        }
      },
      setBlock: (block) => {
        simulator.block = { ...simulator.block, ...block }
      },
    }
  }

  #method(kind: "call" | "query", name: string) {
    return async (...args: readonly unknown[]): Promise<unknown> =>
      this.#result(name, await this.#run(kind, name, args))
  }

  async #run(kind: SimulatedCall["kind"], method: string | undefined, args: readonly unknown[]): Promise<EndedCall> {
    const { value, gasLimit = DEFAULT_GAS_LIMIT, callbackGas = DEFAULT_CALLBACK_GAS } = this.#terms
    const paid = kind === "query" ? undefined : value
    const token = addressBytes(paid?.token ?? ETH)
    const amount = paid?.amount ?? 0n
    const call = { kind, method, args, sender: this.#sender, token, amount, gasLimit, callbackGas }
    const ended = await this.#simulator.run(call)
    const failure = failureOf(this.#simulator, call, ended)
    if (failure !== undefined) throw failure
    return ended
  }

  #result(method: string, { verdict }: EndedCall): unknown {
    return this.#simulator.interface.result(method, verdict.body!.data)
  }

  #told(ended: EndedCall, method: string): SimulatedRun {
    const { verdict, taskId, callbacks, trace } = ended
    const events = verdict.body!.events.map((bytes) => this.#simulator.interface.event(bytes))
    const { gasUsed } = verdict
    return { result: this.#result(method, ended), gasUsed, taskId: toHex(taskId), events, callbacks, public: trace }
  }
}
