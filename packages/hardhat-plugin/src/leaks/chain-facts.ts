/**
 * What Ethereum shows. Hashes, signatures and ciphertext differ in every run by chance, so they count by their place and size;
 * everything else counts by its value. Gas counts without what calldata's zero bytes save, which is chance too.
 */
import { enigmaAbi } from "@enigma-discovery/contracts"
import { Interface, type LogDescription, type ParamType } from "ethers"
import type { Fact } from "./facts.ts"

const enigma = new Interface(enigmaAbi)

/** As `eth_getTransactionReceipt` and `eth_getBlockByNumber` give them; numbers are 0x-hex. */
export interface RawLog {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
}
export interface MinedTransaction {
  readonly from: string
  readonly to: string | null
  readonly value: string
  readonly input: string
  readonly status: string
  readonly gasUsed: string
  readonly logs: readonly RawLog[]
}

/** Facts of transactions in their order. Openings of epochs are left out: their gas depends on the beacon. */
export function chainFacts(transactions: readonly MinedTransaction[], enigmaAddress: string): readonly Fact[] {
  const isEnigma = (address: string | null) => address?.toLowerCase() === enigmaAddress.toLowerCase()
  const opens = ({ logs }: MinedTransaction) =>
    logs.some((log) => isEnigma(log.address) && parsed(log)?.name === "EpochOpened")
  const counted = transactions.filter((one) => !opens(one))
  return [
    { what: "transactions", value: String(counted.length) },
    ...counted.flatMap((transaction, i) => transactionFacts(`transaction ${i + 1}`, transaction, isEnigma)),
  ]
}

function transactionFacts(
  name: string,
  { from, to, value, input, status, gasUsed, logs }: MinedTransaction,
  isEnigma: (address: string | null) => boolean,
): readonly Fact[] {
  const place = `${name} (${isEnigma(to) ? (functionName(input) ?? "to Enigma") : `to ${to ?? "a new contract"}`})`
  const fact = (what: string, text: string): Fact => ({ what: `${place}: ${what}`, value: text })
  return [
    fact("sender", from),
    fact("wei", String(BigInt(value))),
    fact("calldata, bytes", String((input.length - 2) / 2)),
    // What is called elsewhere is said in clear. Enigma's calldata holds ciphertext hashes; its events tell the rest of it.
    ...(isEnigma(to) ? [] : [fact("calldata", input)]),
    fact("status", status),
    fact("gas, zero bytes of calldata priced as others", executionGas(BigInt(gasUsed), input)),
    fact("events", String(logs.length)),
    ...logs.flatMap((log, i) => logFacts(`${name}, event ${i + 1}`, log, isEnigma(log.address))),
  ]
}

function functionName(input: string): string | undefined {
  try {
    return enigma.parseTransaction({ data: input })?.name
  } catch {
    return undefined
  }
}

/** EIP-2028 prices calldata by 4 and 16 gas a byte; EIP-7623 sets a floor of 10 and 40, under which all else is hidden. */
export function executionGas(gasUsed: bigint, input: string): string {
  let zeros = 0n
  for (let i = 2; i < input.length; i += 2) if (input[i] === "0" && input[i + 1] === "0") zeros++
  const others = BigInt((input.length - 2) / 2) - zeros
  const floor = 21_000n + 10n * zeros + 40n * others
  return gasUsed === floor ? "the floor of its calldata" : String(gasUsed + 12n * zeros)
}

function logFacts(place: string, log: RawLog, ofEnigma: boolean): readonly Fact[] {
  const event = ofEnigma ? parsed(log) : null
  if (event === null)
    return [
      { what: `${place}: emitter`, value: log.address },
      { what: `${place}: topics`, value: log.topics.join(" ") },
      { what: `${place}: data`, value: log.data },
    ]
  return [
    { what: `${place}: name`, value: event.name },
    ...event.fragment.inputs.map((input, i) => ({
      what: `${place}, ${event.name}: ${input.name}`,
      value: visible(input, event.args[i]),
    })),
  ]
}

function parsed(log: RawLog): LogDescription | null {
  try {
    return enigma.parseLog({ topics: [...log.topics], data: log.data })
  } catch {
    return null
  }
}

/** Enigma's 32-byte values are hashes of ciphertext or of what holds it. */
function visible(type: ParamType, value: unknown): string {
  if (type.isArray() && Array.isArray(value))
    return `[${value.map((item) => visible(type.arrayChildren, item)).join(", ")}]`
  if (type.baseType === "bytes32") return /^0x0*$/.test(String(value)) ? "zero" : "a hash"
  return String(value)
}
