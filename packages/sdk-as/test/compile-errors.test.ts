import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { compileContract, sdkErrors } from "../src/index.ts"
import { compileText } from "./support/source.ts"

const IMPORTS = `import { Address, Bytes, EthereumContract, List, Mapping, u96, u256, Value } from "@enigma-discovery/sdk-as/assembly"`

/** Lines before the first member. */
const LEAD = [IMPORTS, "@contract", "export class Shop {", "  @call ping(): void {}"]
const withMembers = (members: readonly string[]): string => [...LEAD, ...members.map((m) => `  ${m}`), "}"].join("\n")

/** A member of a contract, what is wrong with it, and what to do. They stand in one contract, on a line each. */
const MEMBERS: readonly (readonly [member: string, problem: RegExp, fix: RegExp])[] = [
  ["@call pay(amount: number): void {}", /amount is of type number/, /u64, or u256/],
  ["@call pay(amount: f64): void {}", /f64/, /no floating point/],
  ["@call pay(amounts: u96[]): void {}", /u96\[\]/, /u256\[\]/],
  ["@call pay(to: Address | null): void {}", /Address \| null/, /remove \| null/],
  ["@call pay(data: Uint8Array): void {}", /Uint8Array/, /Write Bytes/],
  ["@call pay(to: Shop): void {}", /Shop/, /Use bool, string/],
  ["@call pay(amount: u64 = 1): void {}", /default value/, /remove it/],
  ["@call pay(): Map<u64, u64> { return new Map() }", /pay returns a value of type Map/, /two arrays/],
  ["@call pay<T>(to: T): void {}", /pay is generic/, /Write the types out/],
  ["@call private pay(): void {}", /not a public method/, /Remove static, private/],
  ["@call static pay(): void {}", /not a public method/, /Remove static, private/],
  ["@view get total(): u64 { return 1 }", /accessor/, /method/],
  ["@view @call pay(): void {}", /@call and @view/, /exactly one/],
  ["@payable pay(): void {}", /@payable alone/, /exactly one/],
  ["@view @payable pay(): void {}", /a view and cannot be paid/, /@call for @view/],
  ["@construct a(): u64 { return 1 }", /constructor returns nothing/, /Write void/],
  ["@construct b(): void {}", /two constructors/, /Keep one/],
  ["constructor(owner: Address) {}", /no arguments/, /@construct/],
  ["total: u64", /Field total is no state/, /Value<T>/],
  ["@publicState total: u64 = 0", /Field total is no state/, /Value<T>/],
  ["total: Value", /does not say what it holds/, /Value<u256>/],
  ["totals: Mapping<Address>", /does not say what it holds/, /Mapping<Address, u256>/],
  ["totals: Mapping<f64, u64>", /A key of totals is of type f64/, /no floating point/],
  ["totals: List<Value<u64>>", /totals holds a value of type Value<u64>/, /Use bool/],
  ['total: Value<u64> = new Value<u64>("to" + "tal")', /not a literal/, /as "text"/],
  ['a: Value<u64>; b: List<u64> = new List<u64>("a")', /b and a keep their entries under one name/, /Rename/],
  [`a: Value<u64> = new Value<u64>("${"x".repeat(65)}")`, /cannot start a key/, /1 to 64 bytes/],
  ['@publicState a: Value<u64> = new Value<u64>("b")', /@publicState and a value/, /Remove what stands after/],
  ["@event Paid(to: Address): u64 { return 1 }", /Paid returns a value/, /event returns nothing/],
  ["@event Paid(to: Address): void { trace('x') }", /Paid has a body/, /leave \{\} empty/],
  ["@error Bad(text: string): void {}", /has no fixed size/, /numbers, addresses and hashes/],
  [`@error Bad(${Array.from({ length: 16 }, (_, i) => `a${i}: u64`).join(", ")}): void {}`, /16 parameters/, /Keep 15/],
  ["@error Bad(a: u64): void {} @error bad2(a: f32): void {}", /f32/, /no floating point/],
]

/** Classes in one source, a line each. */
const CLASSES: readonly (readonly [declaration: string, problem: RegExp, fix: RegExp])[] = [
  ["@contract class Shop {}", /not exported/, /export class Shop/],
  ["@contract export class Other { @call a(): void {} }", /two contracts/, /Keep one/],
  ["@ethereum class Bank { pay(): void {} }", /cannot make calls/, /extends EthereumContract/],
  [
    "@ethereum class Till extends EthereumContract { pay(): u64 { return 1 } }",
    /pay returns a value/,
    /after the task has ended/,
  ],
]

/** Each line of a source must be told with its problem and its fix. */
function checkLines(error: unknown, lead: number, cases: readonly (readonly [string, RegExp, RegExp])[]): void {
  assert.ok(sdkErrors.is(error, "BAD_CONTRACT"), String(error))
  const told = [error.message, ...String(error.data.more).split("\n")]
  for (const [i, [source, problem, fix]] of cases.entries()) {
    const found = told.filter((line) => line.startsWith(`contract.ts:${lead + 1 + i}:`))
    const isTold = found.some((line) => problem.test(line) && fix.test(line))
    assert.ok(isTold, `${source}\n${found.join("\n") || told.join("\n")}`)
  }
}

describe("compile errors", () => {
  it("names line, problem and fix of every bad member, all at once", async () => {
    const error = await failure(withMembers(MEMBERS.map(([member]) => member)))
    checkLines(error, LEAD.length, MEMBERS)
  })

  it("names line, problem and fix of bad classes", async () => {
    const error = await failure([IMPORTS, ...CLASSES.map(([declaration]) => declaration)].join("\n"))
    checkLines(error, 1, CLASSES)
    assert.match(String((error as { data: { more: unknown } }).data.more), /Shop has no functions/)
  })

  it("refuses two functions, or two errors, that callers could not tell apart", async () => {
    // The hashes of f8491() and f130736() both start with 0x62018627.
    const error = await failure(withMembers(["@call f8491(): void {}", "@call f130736(): void {}"]))
    assert.ok(sdkErrors.is(error, "BAD_CONTRACT"), String(error))
    assert.match(error.message, /f130736\(\) and f8491\(\) have the same selector\. Rename one/)
  })

  it("misses a contract", async () => {
    const error = await failure("export function call(): void {}")
    assert.ok(sdkErrors.is(error, "BAD_CONTRACT"))
    assert.match(error.message, /^contract\.ts:1:1: There is no contract\. Write @contract/)
  })

  it("names the line of any other error, also in a file beside", async () => {
    const source = `import { helper } from "./helper"\n${withMembers(["@call pay(): void { helper(); nothing() }"])}`
    const error = await failure(source, { "helper.ts": "\n\nexport function helper(): void { return nowhere }" })
    assert.ok(sdkErrors.is(error, "COMPILE_FAILED"), String(error))
    const told = [error.message, ...String(error.data.more ?? "").split("\n")]
    assert.ok(
      told.some((line) => line.startsWith("contract.ts:6:") && line.includes("nothing")),
      told.join("\n"),
    )
    assert.ok(
      told.some((line) => line.startsWith("helper.ts:3:") && line.includes("nowhere")),
      told.join("\n"),
    )
  })

  it("tells a syntax error and a missing file", async () => {
    const error = await failure("@contract export class {")
    assert.ok(sdkErrors.is(error, "COMPILE_FAILED"), String(error))
    assert.equal(error.data.line, 1)
    await assert.rejects(compileContract("/nowhere/shop.ts"), (e) => sdkErrors.is(e, "ENTRY_NOT_FOUND"))
  })
})

async function failure(text: string, others: Readonly<Record<string, string>> = {}): Promise<unknown> {
  return compileText(text, others).then(
    () => assert.fail("it compiled"),
    (error: unknown) => error,
  )
}
