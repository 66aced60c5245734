/**
 * `revertedWithSecretError("too late")`, `(/late/)`, X
 */
import { type Abi, decodeRevert } from "@enigma-discovery/client"
import { Interface, type InterfaceAbi } from "ethers"
import { pluginErrors } from "../errors.ts"
import { partsOf } from "../network/secret-contract.ts"
import { sameArguments } from "./arguments.ts"
import { type AssertionContext, asyncAssertion, show } from "./chai.ts"
import { showOutput } from "./emitted.ts"
import { errorOfSubject, revertMessage } from "./outcomes.ts"
import { type ExpectedArguments, expectArguments } from "./with-args.ts"

const NAME = "revertedWithSecretError"

export function addRevertedWithSecretError({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  Assertion.addMethod(NAME, function (this: AssertionContext, ...want: readonly unknown[]) {
    const args = expectArguments(this, utils)
    const fits = wanted(want, args)
    return asyncAssertion(this, utils, async () => {
      const error = await errorOfSubject(this._obj)
      const message = revertMessage(error)
      const got = message === undefined ? told(error) : `it reverted with ${fits.show(message)}`
      return {
        pass: message !== undefined && fits.test(message),
        expected: () => `Expected the secret contract to revert with ${fits.what()}, but ${got}`,
        unexpected: () => `Expected the secret contract not to revert with ${fits.what()}, but it did`,
      }
    })
  })
}

const told = (error: unknown): string =>
  error === undefined
    ? "the call succeeded"
    : `it failed otherwise: ${error instanceof Error ? error.message : String(error)}`

interface Wanted {
  what(): string
  test(message: string): boolean
  show(message: string): string
}

function wanted([first, name]: readonly unknown[], args: ExpectedArguments): Wanted {
  if (typeof first === "string" && name === undefined)
    return { what: () => show(first), test: (message) => message === first, show }
  if (first instanceof RegExp && name === undefined)
    return { what: () => `a message like ${first}`, test: (message) => first.test(message), show }
  if (typeof name === "string") return customError(partsOf(first, NAME).artifact.abi, name, args)
  throw pluginErrors.make("BAD_CALL", {
    what: NAME,
    why: "give a message, a RegExp, or a contract and the name of its error",
  })
}

/** A custom error travels as the hexadecimal of Solidity's encoding (PROTOCOL §11.3). */
function customError(abi: Abi, name: string, args: ExpectedArguments): Wanted {
  if (new Interface(abi as unknown as InterfaceAbi).getError(name) === null)
    throw pluginErrors.make("BAD_CALL", { what: NAME, why: `the contract's ABI has no error ${name}` })
  const parse = (message: string) => decodeRevert(abi, message)
  return {
    what: () => (args.values === undefined ? name : `${name}(${args.values.map(show).join(", ")})`),
    test: (message) => {
      const parsed = parse(message)
      return parsed?.name === name && (args.values === undefined || sameArguments([...parsed.args], args.values))
    },
    show: (message) => {
      const parsed = parse(message)
      return parsed === undefined ? show(message) : showOutput(parsed)
    },
  }
}
